import type { Endpoint } from '../endpoint.js'
import { readJsonRequest } from '../read-json-request.js'
import { tokenCountRequest } from '../token-count-request.js'
import { writeResponsesError } from './responses-error.js'
import { requestMarks, responsesNeeds, sealedParts } from './responses-marks.js'
import { responsesPromptCharacters } from './responses-prompt.js'
import { writeAsItCame } from './write-as-it-came.js'

const endpoint = 'responses/input_tokens'

/** How many tokens a request of Responses would have. */
export const inputTokens: Endpoint = {
  path: `/v1/${endpoint}`,
  contentType: 'application/json',
  clientToken: () => null,
  readRequest: request =>
    readJsonRequest(request, read => {
      const needs = responsesNeeds(read.body)
      return tokenCountRequest({
        model: read.model,
        needs,
        marks: requestMarks(read.body),
        sealed: sealedParts(read.body),
        answerField: 'input_tokens',
        beside: { object: 'response.input_tokens' },
        // Of a conversation that its vendor keeps nothing is known here.
        promptCharacters: () => (needs.length > 0 ? null : responsesPromptCharacters(read.body)),
        isServedBy: ({ endpoints }) => endpoints.has(endpoint),
        writeFor: target => writeAsItCame(endpoint, read, target),
      })
    }),
  writeError: writeResponsesError,
}
