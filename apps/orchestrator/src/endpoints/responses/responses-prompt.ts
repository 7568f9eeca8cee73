import { elementsOf, fieldOf, isObject, jsonCharacters, textCharacters } from '../../json-value.js'
import { mediaCharacters } from '../media-characters.js'

/** Texts of an item: what was said, called, and came of it. */
const itemTexts = ['name', 'arguments', 'input', 'code'] as const

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
  const ofTexts = itemTexts.reduce((sum, field) => sum + textCharacters(item[field]), 0)
  const parts = ['content', 'output', 'summary'].reduce((sum, field) => sum + partsCharacters(item[field]), 0)
  return ofTexts + parts
}

function partsCharacters(content: unknown): number {
  if (typeof content === 'string') return textCharacters(content)
  return elementsOf(content).reduce<number>((sum, part) => sum + partCharacters(part), 0)
}

function partCharacters(part: unknown): number {
  const text = typeof part === 'string' ? part : (fieldOf(part, 'text') ?? fieldOf(part, 'refusal'))
  return typeof text === 'string' ? textCharacters(text) : mediaCharacters(part)
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null
}
