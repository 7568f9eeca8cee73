import { elementsOf, fieldOf } from '../counting/json-value.js'
import { textCharacters } from '../counting/prompt-characters.js'
import { charactersPerToken } from '../counting/reservation.js'
import type { Door } from './door.js'

/** Embeddings: what is asked counts, what is answered has no text. */
export const embeddingsDoor: Door = {
  path: '/embeddings',
  promptCharacters: body => inputCharacters(fieldOf(body, 'input')),
  askedOutput: () => ({ maxTokens: 0, answerCount: 1 }),
  capFields: () => [],
  answerCharacters: () => 0,
  deltaCharacters: null,
}

/** A text, tokens, or a list of either. */
function inputCharacters(input: unknown): number {
  if (typeof input === 'number') return charactersPerToken
  if (!Array.isArray(input)) return textCharacters(input)
  return elementsOf(input).reduce<number>(
    // No deeper than the list of lists of tokens that the API knows.
    (sum, part) => sum + (Array.isArray(part) ? part.length * charactersPerToken : inputCharacters(part)),
    0,
  )
}
