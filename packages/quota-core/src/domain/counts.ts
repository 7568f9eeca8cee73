import type { Metric } from './metric.js'
import { QuotaError } from './quota-error.js'
import { negated, plus, saturated, type WholeNumber } from './whole-number.js'

/**
 * Usage of a call. Integers of at least 0 (negative only in adjustments). `cachedInputTokenCount` is included in
 * `inputTokenCount`; cost is in millionths of a US dollar.
 */
export interface Counts {
  readonly requestCount: number
  readonly characterCount: number
  readonly inputTokenCount: number
  readonly outputTokenCount: number
  readonly cachedInputTokenCount: number
  readonly costMicroUsd: number
}

/** The names of all counts, in the fixed order of columns and canonical payloads. */
export const countNames: readonly (keyof Counts)[] = [
  'requestCount',
  'characterCount',
  'inputTokenCount',
  'outputTokenCount',
  'cachedInputTokenCount',
  'costMicroUsd',
]

/** Nothing used. */
export const noCounts: Counts = Object.freeze({
  requestCount: 0,
  characterCount: 0,
  inputTokenCount: 0,
  outputTokenCount: 0,
  cachedInputTokenCount: 0,
  costMicroUsd: 0,
})

/** Sums of counts, exact at any size. */
export type CountSums = { readonly [Name in keyof Counts]: WholeNumber }

/** The exact sum of counts of any size. */
export function addSums(left: CountSums, right: CountSums): CountSums {
  return {
    requestCount: plus(left.requestCount, right.requestCount),
    characterCount: plus(left.characterCount, right.characterCount),
    inputTokenCount: plus(left.inputTokenCount, right.inputTokenCount),
    outputTokenCount: plus(left.outputTokenCount, right.outputTokenCount),
    cachedInputTokenCount: plus(left.cachedInputTokenCount, right.cachedInputTokenCount),
    costMicroUsd: plus(left.costMicroUsd, right.costMicroUsd),
  }
}

/** Sums as answers report them: see {@link saturated}. */
export function saturatedCounts(sums: CountSums): Counts {
  return {
    requestCount: saturated(sums.requestCount),
    characterCount: saturated(sums.characterCount),
    inputTokenCount: saturated(sums.inputTokenCount),
    outputTokenCount: saturated(sums.outputTokenCount),
    cachedInputTokenCount: saturated(sums.cachedInputTokenCount),
    costMicroUsd: saturated(sums.costMicroUsd),
  }
}

/**
 * The sum of the counts of two calls.
 * @throws QuotaError COUNT_OVERFLOW when a sum leaves the range of exact integers (±(2^53 − 1)).
 */
export function addCounts(left: Counts, right: Counts): Counts {
  return {
    requestCount: exactSum(left.requestCount, right.requestCount),
    characterCount: exactSum(left.characterCount, right.characterCount),
    inputTokenCount: exactSum(left.inputTokenCount, right.inputTokenCount),
    outputTokenCount: exactSum(left.outputTokenCount, right.outputTokenCount),
    cachedInputTokenCount: exactSum(left.cachedInputTokenCount, right.cachedInputTokenCount),
    costMicroUsd: exactSum(left.costMicroUsd, right.costMicroUsd),
  }
}

/** The counts with every sign turned. */
export function negateCounts(counts: Counts): Counts {
  // `0 - x` rather than `-x`, which makes a negative zero that JSON and tests distinguish.
  return {
    requestCount: 0 - counts.requestCount,
    characterCount: 0 - counts.characterCount,
    inputTokenCount: 0 - counts.inputTokenCount,
    outputTokenCount: 0 - counts.outputTokenCount,
    cachedInputTokenCount: 0 - counts.cachedInputTokenCount,
    costMicroUsd: 0 - counts.costMicroUsd,
  }
}

/** The sums with every sign turned. */
export function negateSums(sums: CountSums): CountSums {
  return {
    requestCount: negated(sums.requestCount),
    characterCount: negated(sums.characterCount),
    inputTokenCount: negated(sums.inputTokenCount),
    outputTokenCount: negated(sums.outputTokenCount),
    cachedInputTokenCount: negated(sums.cachedInputTokenCount),
    costMicroUsd: negated(sums.costMicroUsd),
  }
}

/** Whether every count is 0. */
export function isNoCounts(counts: CountSums): boolean {
  return countNames.every(name => counts[name] === 0)
}

/** Which part of the counts a limit measures. */
export interface Measure {
  readonly metric: Metric
  /** False if the vendor does not count cached input (Groq). */
  readonly countsCached: boolean
}

/** Units of a limit's metric that a call uses, at most 2^53 − 1. */
export function measuredUnits(counts: Counts, measure: Measure): number {
  return saturated(measuredSum(counts, measure))
}

/** Like {@link measuredUnits} for sums, exact at any size. */
export function measuredSum(counts: CountSums, measure: Measure): WholeNumber {
  const cached = measure.countsCached ? 0 : counts.cachedInputTokenCount
  switch (measure.metric) {
    case 'requests':
      return counts.requestCount
    case 'characters':
      return counts.characterCount
    case 'tokens':
      return plus(plus(counts.inputTokenCount, negated(cached)), counts.outputTokenCount)
    case 'inputTokens':
      return plus(counts.inputTokenCount, negated(cached))
    case 'outputTokens':
      return counts.outputTokenCount
    case 'cost':
      return counts.costMicroUsd
  }
}

/**
 * An exact integer sum; throws rather than rounds.
 * @throws QuotaError COUNT_OVERFLOW beyond ±(2^53 − 1).
 */
export function exactSum(left: number, right: number): number {
  const sum = left + right
  if (sum > Number.MAX_SAFE_INTEGER || sum < Number.MIN_SAFE_INTEGER) {
    throw new QuotaError('COUNT_OVERFLOW', 'the sum of these counts is beyond 2^53 − 1 and would lose units')
  }
  return sum
}
