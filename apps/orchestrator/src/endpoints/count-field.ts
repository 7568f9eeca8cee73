import { fieldOf } from '../json-value.js'

/** Upper bound of reserved answers per request; no vendor allows more. */
export const maxAnswerCount = 1_000

/** Reads a whole number from 0 in a field of a request; null for anything else. */
export function countIn(body: unknown, field: string): number | null {
  const value = fieldOf(body, field)
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null
}
