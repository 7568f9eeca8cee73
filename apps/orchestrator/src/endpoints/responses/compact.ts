import { readUsage } from '@quotakeeper/vendors'
import { compactionRemedy } from '@quotakeeper/wire'
import { elementsOf, fieldOf } from '../../json-value.js'
import type { Endpoint } from '../endpoint.js'
import type { GatewayError } from '../gateway-error.js'
import { type JsonFormat, readJsonAnswer } from '../read-json-answer.js'
import { readJsonRequest } from '../read-json-request.js'
import { isResponsesAnswer } from './responses-answer.js'
import { writeResponsesError } from './responses-error.js'
import { answerMarks, requestMarks, responsesNeeds, sealedParts } from './responses-marks.js'
import { itemCharacters, responsesPromptCharacters } from './responses-prompt.js'
import { writeAsItCame } from './write-as-it-came.js'

const endpoint = 'responses/compact'

const format: JsonFormat = {
  // Clients replace the conversation by it: an empty one would be a conversation lost.
  isAnswer: body => isResponsesAnswer(body) && elementsOf(fieldOf(body, 'output')).length > 0,
  answerCharacters: body =>
    elementsOf(fieldOf(body, 'output'))
      .filter(item => fieldOf(item, 'role') !== 'user')
      .reduce<number>((sum, item) => sum + itemCharacters(item), 0),
  usageOf: readUsage,
  stream: null,
  marksOf: answerMarks,
}

/**
 * Shortens a conversation of Responses to what its user said and an item that its vendor alone can read. Others cannot be
 * asked for it: no translation could make that item.
 */
export const compact: Endpoint = {
  path: `/v1/${endpoint}`,
  contentType: 'application/json',
  clientToken: () => null,
  readRequest: request =>
    readJsonRequest(request, read => ({
      model: read.model,
      promptCharacters: responsesPromptCharacters(read.body),
      output: { maxTokens: null, answerCount: 1 },
      needs: responsesNeeds(read.body),
      marks: requestMarks(read.body),
      sealed: sealedParts(read.body),
      stream: null,
      isServedBy: ({ endpoints }) => endpoints.has(endpoint),
      writeFor: target => writeAsItCame(endpoint, read, target),
      readAnswer: answer => readJsonAnswer(format, answer, null),
      usageOf: format.usageOf,
    })),
  writeError: error => writeResponsesError(withRemedy(error)),
}

function withRemedy(error: GatewayError): GatewayError {
  if (error.code !== 'endpoint_not_served') return error
  return { ...error, message: `${error.message} ${compactionRemedy}` }
}
