import { fieldOf } from '../../json-value.js'
import { maxTokensIn } from '../count-field.js'
import type { Endpoint } from '../endpoint.js'
import { readJsonRequest } from '../read-json-request.js'
import { dialectRequest } from '../translation/dialect-endpoint.js'
import { anthropicToken, writeAnthropicError } from './anthropic-error.js'
import { messagesDialect } from './messages-dialect.js'
import { requestMarks } from './messages-marks.js'
import { messagesNeeds } from './messages-needs.js'
import { messagesPromptCharacters } from './messages-prompt.js'
import { passedOnOf } from './passed-on.js'

/** Anthropic's Messages, whole and streamed: as it came to vendors that have it, translated for all others. */
export const messages: Endpoint = {
  path: '/v1/messages',
  contentType: 'application/json',
  clientToken: anthropicToken,
  readRequest: request =>
    readJsonRequest(request, read =>
      dialectRequest(messagesDialect, {
        ...read,
        ...{ id: request.id, cameAtMs: request.cameAtMs, passedOn: passedOnOf(request) },
        promptCharacters: messagesPromptCharacters(read.body),
        output: { maxTokens: maxTokensIn(read.body, 'max_tokens'), answerCount: 1 },
        isStream: fieldOf(read.body, 'stream') === true,
        wantsUsage: true,
        needs: messagesNeeds(read.body),
        marks: requestMarks(read.body),
      }),
    ),
  writeError: writeAnthropicError,
}
