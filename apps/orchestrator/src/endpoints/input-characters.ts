import { elementsOf, fieldOf, textCharacters } from '../json-value.js'
import { charactersPerToken } from '../settlement/reservation.js'
import { mediaCharacters } from './media-characters.js'

/**
 * The characters of an input, in code points: a text, tokens, parts with a text or an image, or a list of any of these.
 */
export function inputCharacters(input: unknown): number {
  if (typeof input === 'number') return charactersPerToken
  if (!Array.isArray(input)) return partCharacters(input)
  return elementsOf(input).reduce<number>(
    // No deeper than the list of lists of tokens that the API knows.
    (sum, part) => sum + (Array.isArray(part) ? part.length * charactersPerToken : inputCharacters(part)),
    0,
  )
}

function partCharacters(part: unknown): number {
  if (typeof part !== 'object' || part === null) return textCharacters(part)
  const text = fieldOf(part, 'text')
  return typeof text === 'string' ? textCharacters(text) : mediaCharacters(part)
}
