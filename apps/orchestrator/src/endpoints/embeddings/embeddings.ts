import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { charactersPerToken } from '../../settlement/reservation.js'
import { textCharacters } from '../chat-completions/prompt-characters.js'
import type { Door } from '../endpoint.js'

/** Embeddings: what is asked counts, what is answered has no text. */
export const embeddingsDoor: Door = {
  path: '/embeddings',
  promptCharacters: body => inputCharacters(fieldOf(body, 'input')),
  askedOutput: () => ({ maxTokens: 0, answerCount: 1 }),
  capFields: () => [],
  isAnswer: isEmbeddings,
  answerCharacters: () => 0,
  stream: null,
}

/** OpenAI's library decodes `data[].embedding`: numbers, their base64, or a vendor's own object of several. */
function isEmbeddings(body: unknown): boolean {
  const data = fieldOf(body, 'data')
  return (
    isObject(body) &&
    !fieldOf(body, 'error') &&
    Array.isArray(data) &&
    data.length > 0 &&
    data.every(element => (fieldOf(element, 'embedding') ?? null) !== null)
  )
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
