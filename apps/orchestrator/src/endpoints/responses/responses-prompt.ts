import {
  elementsOf,
  fieldOf,
  givenCharacters,
  isObject,
  jsonCharacters,
  textCharacters,
} from '../../json-value.js'
import { mediaCharacters } from '../media-characters.js'
import { isCompaction } from './compaction-item.js'

/** What an item calls, and what is given: texts, or values where a tool of the vendor's takes some. */
const itemTexts = ['name', 'arguments', 'input', 'code'] as const
const itemParts = ['content', 'output', 'summary'] as const
/** What items of the vendor's own tools have besides: what was done, found and offered. */
const itemDetails = ['action', 'operation', 'outputs', 'results', 'tools'] as const

/**
 * The characters of the prompt of a request of Responses, in code points: instructions, all items with text, calls
 * and their results, and the definitions of tools and of the answer's format as JSON text.
 */
export function responsesPromptCharacters(body: unknown): number {
  const input = fieldOf(body, 'input')
  const ofInput =
    typeof input === 'string'
      ? textCharacters(input)
      : elementsOf(input).reduce<number>((sum, item) => sum + itemCharacters(item), 0)
  const definitions = [fieldOf(body, 'tools'), fieldOf(fieldOf(body, 'text'), 'format')]
  return definitions.reduce<number>(
    (sum, definition) => sum + (isNothing(definition) ? 0 : jsonCharacters(definition)),
    ofInput + textCharacters(fieldOf(body, 'instructions')),
  )
}

/** The characters of an item, of a request or of an answer. */
export function itemCharacters(item: unknown): number {
  if (!isObject(item)) return textCharacters(item)
  const ofTexts = itemTexts.reduce((sum, field) => sum + givenCharacters(item[field]), 0)
  const parts = itemParts.reduce((sum, field) => sum + partsCharacters(item[field]), 0)
  const ofSealed = isCompaction(item) ? textCharacters(item['encrypted_content']) : 0
  const given = itemDetails.map(field => item[field]).filter(detail => !isNothing(detail))
  return ofTexts + parts + ofSealed + given.reduce<number>((sum, detail) => sum + mediaCharacters(detail), 0)
}

function partsCharacters(content: unknown): number {
  if (typeof content === 'string') return textCharacters(content)
  // The screenshot of a computer stands alone.
  const parts = isObject(content) ? [content] : elementsOf(content)
  return parts.reduce<number>((sum, part) => sum + partCharacters(part), 0)
}

function partCharacters(part: unknown): number {
  const text = typeof part === 'string' ? part : (fieldOf(part, 'text') ?? fieldOf(part, 'refusal'))
  return typeof text === 'string' ? textCharacters(text) : mediaCharacters(part)
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null
}
