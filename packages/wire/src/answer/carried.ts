import { jsonText, parseJson } from '../json/json-text.js'
import { fieldOf, isObject, type JsonObject } from '../json/json-value.js'

/**
 * Fields that a vendor of chat completions adds to its answers and requires in the next round: Gemini's thought
 * signatures, DeepSeek's `reasoning_content`, OpenRouter's `reasoning_details`. The client keeps them, in the token of
 * a reasoning item (`encrypted_content`) or of a thinking block (`signature`).
 */
export interface Carried {
  /** The vendor that they belong to; no other vendor gets them. */
  readonly vendor: string
  /** The field of the reasoning text; null without a text. */
  readonly textField: string | null
  /** Fields of the assistant's message. */
  readonly fields: JsonObject
  /** Fields of calls, by id of the call. */
  readonly calls: Readonly<Record<string, JsonObject>>
}

/** The fields that may be carried. No others, since a client could forge them. */
const carriedFields: ReadonlySet<string> = new Set(['extra_content', 'reasoning_details', 'thinking_blocks'])
/** Fields with the reasoning text. */
export const reasoningTextFields = ['reasoning_content', 'reasoning'] as const

/** Prefix of tokens created by this package rather than by a vendor. */
export const sealMark = 'qk1:'
/** Longer tokens are ignored. */
const maxLength = 4_194_304

/** Writes the token that a client keeps; null if it cannot be written. */
export function sealCarried(carried: Carried): string | null {
  const text = jsonText(carried)
  return text === null || text.length > maxLength ? null : sealMark + text
}

/** Whether a token is one of these, which vendors do not know. */
export function isSealed(token: unknown): boolean {
  return typeof token === 'string' && token.startsWith(sealMark)
}

/** Reads a token; null for any other token. A client may have forged it: only allowed fields are read. */
export function openCarried(token: string): Carried | null {
  if (!isSealed(token) || token.length > maxLength) return null
  const value = parseJson(token.slice(sealMark.length))
  const vendor = fieldOf(value, 'vendor')
  if (typeof vendor !== 'string') return null
  const textField = reasoningTextFields.find(field => field === fieldOf(value, 'textField')) ?? null
  const calls = fieldOf(value, 'calls')
  return {
    vendor,
    textField,
    fields: allowedFields(fieldOf(value, 'fields')),
    calls: isObject(calls)
      ? Object.fromEntries(Object.entries(calls).map(([id, fields]) => [id, allowedFields(fields)]))
      : {},
  }
}

/** The carried fields of an object. */
export function allowedFields(value: unknown): JsonObject {
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter(([field, content]) => carriedFields.has(field) && content !== null),
  )
}

/** Whether there is nothing to carry. */
export function isEmptyCarried({ textField, fields, calls }: Carried): boolean {
  return textField === null && Object.keys(fields).length === 0 && Object.keys(calls).length === 0
}

/** Merges carried fields of the same vendor. */
export function mergeCarried(before: Carried | null, more: Carried): Carried {
  if (before === null) return more
  return {
    vendor: more.vendor,
    textField: more.textField ?? before.textField,
    fields: { ...before.fields, ...more.fields },
    calls: { ...before.calls, ...more.calls },
  }
}
