import { InvalidArgumentError } from 'commander'

/** Parses a whole number from 0: `14400`, `14_400`. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  const value = /^\d+(_\d+)*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN
  if (!Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number from 0 to 9007199254740991.')
  return value
}

/** Parses a whole number from 1. @throws InvalidArgumentError */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text)
  if (value === 0) throw new InvalidArgumentError('It must be at least 1.')
  return value
}

/**
 * Exact conversion of dollars to micro-dollars: `$20`, `0.5`, at most six decimals; null if invalid. Works on digits,
 * since 1.1 × 1,000,000 is not a whole number in floating point.
 */
export function microDollars(text: string): number | null {
  const match = /^\$?(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text)
  if (match === null) return null
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'))
}

/** Parses dollars of an option as micro-dollars. @throws InvalidArgumentError */
export function costOption(text: string): number {
  const cost = microDollars(text)
  if (cost === null)
    throw new InvalidArgumentError('It must be dollars, such as 0.25, with at most six decimals.')
  return cost
}
