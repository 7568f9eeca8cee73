import type { Endpoint } from '../endpoint.js'
import { readJsonRequest } from '../read-json-request.js'
import { tokenCountRequest } from '../token-count-request.js'
import { anthropicToken, writeAnthropicError } from './anthropic-error.js'
import { messagesDialect } from './messages-dialect.js'
import { messagesPromptCharacters } from './messages-prompt.js'
import { passedOnOf } from './passed-on.js'

const endpoint = 'messages/count_tokens'

/** How many tokens a request of Messages would have. */
export const countTokens: Endpoint = {
  path: `/v1/${endpoint}`,
  contentType: 'application/json',
  clientToken: anthropicToken,
  readRequest: request =>
    readJsonRequest(request, read => {
      const passedOn = passedOnOf(request)
      return tokenCountRequest({
        model: read.model,
        answerField: 'input_tokens',
        promptCharacters: () => messagesPromptCharacters(read.body),
        isServedBy: ({ endpoints }) => endpoints.has(endpoint),
        writeFor: target => {
          const path = target.endpoints.get(endpoint) ?? endpoint
          const body = { ...read, output: { maxTokens: 0, answerCount: 1 }, isStream: false, isOwn: true }
          const written = messagesDialect.write({ ...body, passedOn }, { ...target, maxOutputTokens: null })
          const query = passedOn.query === '' ? '' : `?${passedOn.query}`
          return { ...written, endpoint, path: path + query }
        },
      })
    }),
  writeError: writeAnthropicError,
}
