import { fieldOf, isObject, type JsonObject } from './json-value.js'

/** Texts sent whole, by some vendors repeatedly in every part. */
const wholeTexts: ReadonlySet<string> = new Set(['id', 'type', 'format', 'name', 'thought_signature'])
/** Below this depth, the last value replaces. */
const maxDepth = 8
/** Most elements kept of an array. */
const maxElements = 1_024

/**
 * Merges a part of a streamed object: texts are joined, array elements merged by `index`, and otherwise the last
 * non-null value counts. Returns a new object with own fields of any name.
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
