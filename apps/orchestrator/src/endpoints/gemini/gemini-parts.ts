import { elementsOf, fieldOf, isObject, jsonCharacters, textCharacters } from '../../json-value.js'
import { mediaCharacters } from '../media-characters.js'

/** A field by its name in JSON or, since the API takes both, its name in protocol buffers. */
export function eitherField(value: unknown, name: string): unknown {
  return (
    fieldOf(value, name) ??
    fieldOf(
      value,
      name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
    )
  )
}

/** The parts of a content; none for anything else. */
export function partsOf(content: unknown): readonly unknown[] {
  return elementsOf(fieldOf(content, 'parts'))
}

/** The characters of a content, in code points: text, calls of functions and their results as JSON text, media bounded. */
export function contentCharacters(content: unknown): number {
  return partsOf(content).reduce<number>((sum, part) => sum + partCharacters(part), 0)
}

function partCharacters(part: unknown): number {
  if (!isObject(part)) return 0
  const text = fieldOf(part, 'text')
  if (typeof text === 'string') return textCharacters(text)
  const call = eitherField(part, 'functionCall')
  if (call !== undefined)
    return textCharacters(fieldOf(call, 'name')) + jsonCharacters(fieldOf(call, 'args') ?? {}) + pieces(call)
  const result = eitherField(part, 'functionResponse')
  if (result !== undefined)
    return textCharacters(fieldOf(result, 'name')) + jsonCharacters(fieldOf(result, 'response') ?? {})
  const code = fieldOf(eitherField(part, 'executableCode'), 'code')
  const output = fieldOf(eitherField(part, 'codeExecutionResult'), 'output')
  if (code !== undefined || output !== undefined) return textCharacters(code) + textCharacters(output)
  const media = eitherField(part, 'inlineData') ?? eitherField(part, 'fileData')
  return media === undefined ? 0 : mediaCharacters(media)
}

/** The characters of arguments that are streamed in pieces, each a value at a place of them. */
function pieces(call: unknown): number {
  return elementsOf(eitherField(call, 'partialArgs')).reduce<number>(
    (sum, piece) => sum + textCharacters(eitherField(piece, 'stringValue')),
    0,
  )
}

/** Whether a part holds something of an answer; a signature alone is nothing of it. */
export function isFilledPart(part: unknown): boolean {
  if (!isObject(part)) return false
  const text = part['text']
  if (typeof text === 'string') return text !== ''
  return Object.entries(part).some(
    ([field, value]) => typeof value === 'object' && value !== null && field !== 'videoMetadata',
  )
}
