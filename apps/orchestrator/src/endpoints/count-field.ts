import { fieldOf } from '../json-value.js'

/** Upper bound of reserved answers per request; no vendor allows more. */
export const maxAnswerCount = 1_000

/** Upper bound of a maximum of output; no vendor allows more, and the counts of a thousand such answers are still exact. */
const maxTokensOfAnswer = 1_000_000_000

/** Reads a maximum of output in a field of a request; null for anything but a whole number from 0. */
export function maxTokensIn(body: unknown, field: string): number | null {
  const tokens = countIn(body, field)
  return tokens === null ? null : Math.min(tokens, maxTokensOfAnswer)
}

/** Reads a whole number from 0 in a field of a request; null for anything else. */
export function countIn(body: unknown, field: string): number | null {
  const value = fieldOf(body, field)
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null
}
