import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import type { Endpoint } from '../endpoint.js'
import { inputCharacters } from '../input-characters.js'
import { passThrough } from '../pass-through.js'

/** Embeddings: only the prompt counts, answers have no text. */
export const embeddings: Endpoint = passThrough({
  name: 'embeddings',
  promptCharacters: body => inputCharacters(fieldOf(body, 'input')),
  isAnswer: isEmbeddings,
})

/** OpenAI's library decodes `data[].embedding`: numbers, their base64, or a vendor's own object of several. */
function isEmbeddings(body: unknown): boolean {
  const data = elementsOf(fieldOf(body, 'data'))
  return (
    isObject(body) &&
    !fieldOf(body, 'error') &&
    data.length > 0 &&
    data.every(element => (fieldOf(element, 'embedding') ?? null) !== null)
  )
}
