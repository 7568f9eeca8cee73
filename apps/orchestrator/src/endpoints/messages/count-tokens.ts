import { readUsage } from '@quotakeeper/vendors'
import { isObject } from '../../json-value.js'
import { estimateTokens } from '../../settlement/reservation.js'
import type { Endpoint } from '../endpoint.js'
import type { EndpointRequest } from '../endpoint-request.js'
import { type JsonFormat, readJsonAnswer } from '../read-json-answer.js'
import { type JsonRequest, readJsonRequest } from '../read-json-request.js'
import { anthropicToken, writeAnthropicError } from './anthropic-error.js'
import { messagesDialect } from './messages-dialect.js'
import { messagesPromptCharacters } from './messages-prompt.js'
import { passedOnOf } from './passed-on.js'

const endpoint = 'messages/count_tokens'

const unknownUsage = readUsage(undefined)

const format: JsonFormat = {
  isAnswer: body => isObject(body) && typeof body['input_tokens'] === 'number',
  answerCharacters: () => 0,
  // What it counts is not used.
  usageOf: () => unknownUsage,
  stream: null,
}

/**
 * How many tokens a request of Messages would have: by a vendor that can tell, which costs nothing and has limits of its
 * own, or else as reservations estimate it.
 */
export const countTokens: Endpoint = {
  path: `/v1/${endpoint}`,
  contentType: 'application/json',
  clientToken: anthropicToken,
  readRequest: request =>
    readJsonRequest(request, read => {
      const passedOn = passedOnOf(request)
      return countRequest(read, target => {
        const path = target.endpoints.get(endpoint) ?? endpoint
        const body = { ...read, output: { maxTokens: 0, answerCount: 1 }, isStream: false, isOwn: true }
        const written = messagesDialect.write({ ...body, passedOn }, { ...target, maxOutputTokens: null })
        const query = passedOn.query === '' ? '' : `?${passedOn.query}`
        return { ...written, endpoint, path: path + query }
      })
    }),
  writeError: writeAnthropicError,
}

function countRequest({ body, model }: JsonRequest, writeFor: EndpointRequest['writeFor']): EndpointRequest {
  return {
    model,
    promptCharacters: 0,
    output: { maxTokens: 0, answerCount: 1 },
    requestCount: 0,
    isCountedApart: true,
    stream: null,
    isServedBy: ({ endpoints }) => endpoints.has(endpoint),
    writeFor,
    readAnswer: answer => readJsonAnswer(format, answer, null),
    usageOf: format.usageOf,
    answerInstead: ({ code }) =>
      code === 'model_not_found'
        ? null
        : {
            headers: { 'x-quotakeeper-estimated': 'true' },
            body: { input_tokens: Math.max(1, estimateTokens(messagesPromptCharacters(body))) },
          },
  }
}
