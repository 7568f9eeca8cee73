import { elementsOf, fieldOf, filledText, isObject, numberOf } from '../json/json-value.js'
import type { WireError } from './wire-error.js'

/** Reads the error in a body or an event, in the formats common to all dialects; null for none. */
export function readErrorObject(body: unknown, httpStatus: number | null = null): WireError | null {
  // Gemini's OpenAI-compatible endpoint wraps errors in an array.
  if (Array.isArray(body)) return readErrorObject(elementsOf(body)[0] ?? null, httpStatus)
  const given = fieldOf(body, 'error') ?? fieldOf(fieldOf(body, 'x_groq'), 'error')
  if (typeof given === 'string' && given !== '')
    return { ...unknownError, httpStatus: httpStatus ?? 500, message: given }
  const isBare = fieldOf(body, 'object') === 'error' || fieldOf(body, 'type') === 'error'
  const error = isObject(given) ? given : isBare ? body : null
  if (error === null) return null
  const code = fieldOf(error, 'code')
  const status = [httpStatus, numberOf(code), numberOf(fieldOf(error, 'status'))].find(isStatus)
  return {
    httpStatus: status ?? statusOfType(fieldOf(error, 'type')),
    message: filledText(fieldOf(error, 'message')) ?? unknownError.message,
    code: filledText(code) ?? filledText(fieldOf(error, 'type')) ?? filledText(fieldOf(error, 'status')),
    param: filledText(fieldOf(error, 'param')),
    resetsAtSeconds: numberOf(fieldOf(error, 'resets_at')),
  }
}

const unknownError: WireError = {
  httpStatus: 500,
  message: 'The vendor reported an error without a message.',
  code: null,
  param: null,
  resetsAtSeconds: null,
}

function isStatus(value: number | null): value is number {
  return value !== null && Number.isInteger(value) && value >= 400 && value <= 599
}

function statusOfType(type: unknown): number {
  return typeof type === 'string' ? (statuses.get(type) ?? 500) : 500
}

const statuses: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['insufficient_quota', 429],
  ['rate_limit_exceeded', 429],
  ['tokens', 429],
  ['requests', 429],
  ['timeout_error', 504],
  ['overloaded_error', 529],
])
