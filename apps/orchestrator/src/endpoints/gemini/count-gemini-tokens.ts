import { isObject } from '../../json-value.js'
import type { EndpointRequest } from '../endpoint-request.js'
import { tokenCountRequest } from '../token-count-request.js'
import { geminiNeeds, geminiPromptCharacters } from './gemini-request.js'
import { type GeminiRequest, writeGeminiRequest } from './write-gemini-request.js'

/** How many tokens a prompt has. */
export function countRequest(asked: GeminiRequest): EndpointRequest {
  const { body, model, method } = asked
  const whole = body['generateContentRequest']
  const counted = isObject(whole) ? whole : body
  return tokenCountRequest({
    model,
    needs: geminiNeeds(counted),
    answerField: 'totalTokens',
    promptCharacters: () => geminiPromptCharacters(counted),
    isServedBy: ({ endpoints }) => endpoints.has(method),
    writeFor: target => writeGeminiRequest(asked, target),
  })
}
