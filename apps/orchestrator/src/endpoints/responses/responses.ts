import { fieldOf } from '../../json-value.js'
import { maxTokensIn } from '../count-field.js'
import type { Endpoint } from '../endpoint.js'
import { readJsonRequest } from '../read-json-request.js'
import { dialectRequest } from '../translation/dialect-endpoint.js'
import { responsesDialect } from './responses-dialect.js'
import { writeResponsesError } from './responses-error.js'
import { requestMarks, responsesNeeds, sealedParts } from './responses-marks.js'
import { responsesPromptCharacters } from './responses-prompt.js'

/** OpenAI's Responses, whole and streamed: as it came to vendors that have it, translated for all others. */
export const responses: Endpoint = {
  path: '/v1/responses',
  contentType: 'application/json',
  clientToken: () => null,
  readRequest: request =>
    readJsonRequest(request, read =>
      dialectRequest(responsesDialect, {
        ...read,
        ...{ id: request.id, cameAtMs: request.cameAtMs },
        promptCharacters: responsesPromptCharacters(read.body),
        output: { maxTokens: maxTokensIn(read.body, 'max_output_tokens'), answerCount: 1 },
        isStream: fieldOf(read.body, 'stream') === true,
        wantsUsage: true,
        needs: responsesNeeds(read.body),
        marks: requestMarks(read.body),
        sealed: sealedParts(read.body),
      }),
    ),
  writeError: writeResponsesError,
}
