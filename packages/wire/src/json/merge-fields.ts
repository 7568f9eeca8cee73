import { fieldOf, isObject, type JsonObject } from './json-value.js'

/** Texts that are given whole, and by some vendors in every piece again. */
const wholeTexts: ReadonlySet<string> = new Set(['id', 'type', 'format', 'name', 'thought_signature'])
/** Deeper, the last value counts as it is. */
const maxDepth = 8
/** So many elements of a list are kept. */
const maxElements = 1_024

/**
 * Adds a piece of a streamed object to what has come of it: texts are joined, elements of lists by their `index`, and
 * of all else the last that is not null holds. Returns a new object, whose fields are its own whatever they are called.
 */
export function mergeFields(before: JsonObject, piece: JsonObject, depth = 0): JsonObject {
  const merged = Object.entries(piece).map(([field, value]) => [
    field,
    mergedValue(field, fieldOf(before, field), value, depth),
  ])
  return Object.fromEntries([...Object.entries(before), ...merged])
}

function mergedValue(field: string, before: unknown, value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return before ?? null
  if (typeof value === 'string' && typeof before === 'string')
    return wholeTexts.has(field) ? value || before : before + value
  if (depth >= maxDepth) return value
  if (Array.isArray(value)) return mergedList(Array.isArray(before) ? before : [], value, depth)
  return isObject(value) && isObject(before) ? mergeFields(before, value, depth + 1) : value
}

function mergedList(
  before: readonly unknown[],
  pieces: readonly unknown[],
  depth: number,
): readonly unknown[] {
  const list = [...before]
  for (const piece of pieces) {
    const index = fieldOf(piece, 'index')
    const place =
      typeof index === 'number' ? list.findIndex(element => fieldOf(element, 'index') === index) : -1
    const match = list[place]
    if (
      isObject(match) &&
      isObject(piece) &&
      fieldOf(match, 'type') === (fieldOf(piece, 'type') ?? fieldOf(match, 'type'))
    )
      list[place] = mergeFields(match, piece, depth + 1)
    else if (list.length < maxElements) list.push(piece)
  }
  return list
}
