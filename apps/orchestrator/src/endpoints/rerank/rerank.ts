import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import type { Endpoint } from '../endpoint.js'
import { inputCharacters } from '../input-characters.js'
import { passThrough } from '../pass-through.js'

/**
 * Rerank in the formats of Cohere, Jina, Together and OpenRouter (`results`) and of Voyage (`data`): query and
 * documents count, answers have no text.
 */
export const rerank: Endpoint = passThrough({
  name: 'rerank',
  promptCharacters: body =>
    inputCharacters(fieldOf(body, 'query')) + inputCharacters(fieldOf(body, 'documents')),
  isAnswer: isRanking,
})

/** Whether each result has an `index` and a score, which clients read. */
function isRanking(body: unknown): boolean {
  const results = elementsOf(fieldOf(body, 'results') ?? fieldOf(body, 'data'))
  return (
    isObject(body) &&
    !fieldOf(body, 'error') &&
    results.length > 0 &&
    results.every(result => typeof fieldOf(result, 'index') === 'number')
  )
}
