import { fieldOf, isObject } from '../../json-value.js'
import { wholeTexts } from '../texts-within.js'
import { calledOf } from './tool-call.js'

/** A JSON object being accumulated. */
export type Merged = Record<string, unknown>

/** Below this depth, the last value replaces. */
const maxDepth = 8

/** An object to merge into. Without a prototype, since vendors name its fields. */
export function emptyMerged(): Merged {
  return Object.create(null)
}

/**
 * Merges a part of a streamed object like OpenAI's libraries: texts are concatenated, arrays merged by `index` if their
 * elements have one and otherwise concatenated, and for other values the last non-null one counts.
 */
export function mergeDelta(into: Merged, delta: unknown, depth = 0): void {
  if (!isObject(delta)) return
  for (const [field, value] of Object.entries(delta)) {
    const before = into[field]
    into[field] = mergedValue(field, before, value, depth)
  }
}

function mergedValue(field: string, before: unknown, value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return before ?? null
  if (typeof value === 'string' && typeof before === 'string')
    return wholeTexts.has(field) ? value || before : before + value
  if (depth >= maxDepth) return value
  if (Array.isArray(value)) {
    // A text before parts becomes the first part.
    const text = typeof before === 'string' && before !== '' ? [{ type: 'text', text: before }] : []
    return mergedList(Array.isArray(before) ? before : text, value, depth)
  }
  if (typeof value === 'string' && Array.isArray(before)) {
    return value === '' ? before : [...before, { type: 'text', text: value }]
  }
  if (!isObject(value)) return value
  const merged = isMerged(before) ? before : emptyMerged()
  mergeDelta(merged, value, depth + 1)
  return merged
}

function mergedList(before: unknown[], pieces: readonly unknown[], depth: number): unknown[] {
  const list = before
  for (const piece of pieces) {
    const match = isObject(piece) ? matchOf(list, piece) : undefined
    if (isMerged(match)) mergeDelta(match, piece, depth + 1)
    else if (isObject(piece)) {
      const merged = emptyMerged()
      mergeDelta(merged, piece, depth + 1)
      list.push(merged)
    } else list.push(piece)
  }
  return list
}

/** The element that a piece continues; undefined for a new one. */
function matchOf(list: readonly unknown[], piece: object): unknown {
  const last = list.at(-1)
  return isSameText(last, piece) ? last : list.findLast(element => isContinuedBy(element, piece))
}

/** Mistral streams what is said and thought as lists of parts; a whole answer has each text in one. */
function isSameText(last: unknown, piece: object): boolean {
  const type = fieldOf(piece, 'type')
  const isNumbered = (fieldOf(piece, 'index') ?? null) !== null
  return !isNumbered && (type === 'text' || type === 'thinking') && fieldOf(last, 'type') === type
}

/**
 * Matches by `index`. A call without one continues the last call with the same id, or the last call if it has no id.
 */
function isContinuedBy(element: unknown, piece: object): boolean {
  const index = fieldOf(piece, 'index')
  if (index !== undefined && index !== null) return fieldOf(element, 'index') === index
  if (calledOf(piece) === undefined) return false
  const id = fieldOf(piece, 'id') ?? ''
  return id === '' || fieldOf(element, 'id') === id
}

/** Objects created here have no prototype; those parsed from JSON have one. */
function isMerged(value: unknown): value is Merged {
  return isObject(value) && Object.getPrototypeOf(value) === null
}
