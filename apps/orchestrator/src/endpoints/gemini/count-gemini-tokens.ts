import { readUsage } from '@quotakeeper/vendors'
import { isObject } from '../../json-value.js'
import { estimateTokens } from '../../settlement/reservation.js'
import type { EndpointRequest } from '../endpoint-request.js'
import { type JsonFormat, readJsonAnswer } from '../read-json-answer.js'
import { geminiNeeds, geminiPromptCharacters } from './gemini-request.js'
import { type GeminiRequest, writeGeminiRequest } from './write-gemini-request.js'

const unknownUsage = readUsage(undefined)

const format: JsonFormat = {
  isAnswer: body => isObject(body) && typeof body['totalTokens'] === 'number',
  answerCharacters: () => 0,
  // What it counts is not used.
  usageOf: () => unknownUsage,
  stream: null,
}

/** How many tokens a prompt has: by a vendor, which counts these calls apart, or else as reservations estimate it. */
export function countRequest(asked: GeminiRequest): EndpointRequest {
  const { body, model, method } = asked
  const whole = body['generateContentRequest']
  const counted = isObject(whole) ? whole : body
  return {
    model,
    promptCharacters: 0,
    output: { maxTokens: 0, answerCount: 1 },
    requestCount: 0,
    isCountedApart: true,
    stream: null,
    needs: geminiNeeds(counted),
    isServedBy: ({ endpoints }) => endpoints.has(method),
    writeFor: target => writeGeminiRequest(asked, target),
    readAnswer: answer => readJsonAnswer(format, answer, null),
    usageOf: format.usageOf,
    answerInstead: ({ code }) =>
      code === 'model_not_found'
        ? null
        : {
            headers: { 'x-quotakeeper-estimated': 'true' },
            body: { totalTokens: Math.max(1, estimateTokens(geminiPromptCharacters(counted))) },
          },
  }
}
