import { isNumeral, scaleUp } from '../read/decimal.js'
import type { UsageProblem } from './vendor-usage.js'

/** Reads numbers from a response and collects the absurd ones as problems. */
export interface CountReader {
  /** A count of tokens; null if absent or absurd. */
  count(field: string, value: unknown): number | null
  /** Dollars (number or numeral) in millionths, rounded up; null if absent or absurd. */
  dollars(field: string, value: unknown): number | null
  /** Seconds, a number with or without a fraction, rounded up; null when absent or absurd. */
  seconds(field: string, value: unknown): number | null
  readonly problems: UsageProblem[]
}

/** A new reader without problems. */
export function countReader(): CountReader {
  const problems: UsageProblem[] = []
  const refuse = (field: string, code: UsageProblem['code']): null => {
    problems.push({ field, code })
    return null
  }
  return {
    problems,
    count: (field, value) => {
      if (value === undefined || value === null) return null
      const code = problemOfCount(value)
      // Adding 0 turns a negative zero, which JSON allows, into 0.
      return code === null ? Number(value) + 0 : refuse(field, code)
    },
    seconds: (field, value) => {
      if (value === undefined || value === null) return null
      const code = problemOfCount(typeof value === 'number' ? Math.ceil(value) : value)
      return code === null ? Math.ceil(Number(value)) + 0 : refuse(field, code)
    },
    dollars: (field, value) => {
      if (value === undefined || value === null) return null
      const text = typeof value === 'number' ? String(value + 0) : typeof value === 'string' ? value : ''
      if (isNumeral(text.slice(1)) && text.startsWith('-')) return refuse(field, 'negative')
      return scaleUp(text, 6) ?? refuse(field, isNumeral(text) ? 'too_large' : 'not_a_number')
    },
  }
}

function problemOfCount(value: unknown): UsageProblem['code'] | null {
  if (typeof value !== 'number' || Number.isNaN(value)) return 'not_a_number'
  if (value < 0) return 'negative'
  if (value > Number.MAX_SAFE_INTEGER) return 'too_large'
  return Number.isInteger(value) ? null : 'fractional'
}
