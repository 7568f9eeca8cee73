import { jsonText, parseJson } from '../json/json-text.js'
import { fieldOf, isObject, type JsonObject } from '../json/json-value.js'

/**
 * Fields that a vendor of chat completions adds to its answers and wants back in the next round: Gemini's thought
 * signatures, DeepSeek's `reasoning_content`, OpenRouter's `reasoning_details`. They are kept by the client, in the
 * token of a reasoning item (`encrypted_content`) or of a thinking block (`signature`).
 */
export interface Carried {
  /** Whose they are. They are given back to no other vendor. */
  readonly vendor: string
  /** The field that the text of the reasoning came in; null without a text. */
  readonly textField: string | null
  /** Fields of the assistant's message. */
  readonly fields: JsonObject
  /** Fields of calls, by the calls' ids. */
  readonly calls: Readonly<Record<string, JsonObject>>
}

/** Fields of messages and calls that are carried. Any other stays where it is: a client could forge them. */
const carriedFields: ReadonlySet<string> = new Set(['extra_content', 'reasoning_details', 'thinking_blocks'])
/** Fields in which vendors tell the text of the reasoning. */
export const reasoningTextFields = ['reasoning_content', 'reasoning'] as const

/** What tokens begin with that no vendor has made. */
export const sealMark = 'qk1:'
/** Longer tokens are not read. */
const maxLength = 4_194_304

/** As the token that a client keeps; null where it cannot be written. */
export function sealCarried(carried: Carried): string | null {
  const text = jsonText(carried)
  return text === null || text.length > maxLength ? null : sealMark + text
}

/** Whether a token is one of these, and means nothing to the vendor of any dialect. */
export function isSealed(token: unknown): boolean {
  return typeof token === 'string' && token.startsWith(sealMark)
}

/** What a token holds; null for any other token. A client may have made it up: only what is allowed is read. */
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

/** Of an object, the fields that are carried. */
export function allowedFields(value: unknown): JsonObject {
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter(([field, content]) => carriedFields.has(field) && content !== null),
  )
}

/** Whether there is anything to carry. */
export function isEmptyCarried({ textField, fields, calls }: Carried): boolean {
  return textField === null && Object.keys(fields).length === 0 && Object.keys(calls).length === 0
}

/** What was carried before, and more of the same vendor's. */
export function mergeCarried(before: Carried | null, more: Carried): Carried {
  if (before === null) return more
  return {
    vendor: more.vendor,
    textField: more.textField ?? before.textField,
    fields: { ...before.fields, ...more.fields },
    calls: { ...before.calls, ...more.calls },
  }
}
