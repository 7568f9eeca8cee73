import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import type { Endpoint } from '../endpoint.js'
import { inputCharacters } from '../input-characters.js'
import { passThrough } from '../pass-through.js'

/** Moderations of a text, a list of texts, or parts with texts and images. */
export const moderations: Endpoint = passThrough({
  name: 'moderations',
  promptCharacters: body => inputCharacters(fieldOf(body, 'input')),
  isAnswer: isModeration,
  // The model is optional: `ModerationCreateParams` of OpenAI's library (2026-11-29).
  defaultModel: 'omni-moderation-latest',
})

/** Whether each result has categories, which clients read. */
function isModeration(body: unknown): boolean {
  const results = elementsOf(fieldOf(body, 'results'))
  return (
    isObject(body) &&
    !fieldOf(body, 'error') &&
    results.length > 0 &&
    results.every(result => isObject(fieldOf(result, 'categories')))
  )
}
