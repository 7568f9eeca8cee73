import type { Metric } from './metric.js'
import { QuotaError } from './quota-error.js'
import { negated, plus, saturated, type WholeNumber } from './whole-number.js'

/** The names of all counts, in a fixed order: the order of columns and of canonical payloads. New ones go last. */
export const countNames = [
  'requestCount',
  'characterCount',
  'inputTokenCount',
  'outputTokenCount',
  'cachedInputTokenCount',
  'costMicroUsd',
  'audioSecondCount',
] as const

/** The name of one count. */
export type CountName = (typeof countNames)[number]

/**
 * Usage of a call. Integers of at least 0 (negative only in adjustments).
 * `cachedInputTokenCount` is a part of `inputTokenCount`; cost is in millionths of a US dollar; seconds of audio are
 * rounded up for each call.
 */
export type Counts = { readonly [Name in CountName]: number }

/** Sums of counts, exact at any size. */
export type CountSums = { readonly [Name in CountName]: WholeNumber }

/** A value for each count. Written out: objects of one shape are faster than those that are filled in a loop. */
export function mapCounts<Value>(of: (name: CountName) => Value): {
  readonly [Name in CountName]: Value
} {
  return {
    requestCount: of('requestCount'),
    characterCount: of('characterCount'),
    inputTokenCount: of('inputTokenCount'),
    outputTokenCount: of('outputTokenCount'),
    cachedInputTokenCount: of('cachedInputTokenCount'),
    costMicroUsd: of('costMicroUsd'),
    audioSecondCount: of('audioSecondCount'),
  }
}

/** Nothing used. */
export const noCounts: Counts = Object.freeze(mapCounts(() => 0))

/** The exact sum of counts of any size. */
export function addSums(left: CountSums, right: CountSums): CountSums {
  return mapCounts(name => plus(left[name], right[name]))
}

/** Sums as answers report them: see {@link saturated}. */
export function saturatedCounts(sums: CountSums): Counts {
  return mapCounts(name => saturated(sums[name]))
}

/**
 * The sum of the counts of two calls.
 * @throws QuotaError COUNT_OVERFLOW when a sum leaves the range of exact integers (±(2^53 − 1)).
 */
export function addCounts(left: Counts, right: Counts): Counts {
  return mapCounts(name => exactSum(left[name], right[name]))
}

/** The counts with every sign turned. */
export function negateCounts(counts: Counts): Counts {
  // `0 - x` rather than `-x`, which makes a negative zero that JSON and tests distinguish.
  return mapCounts(name => 0 - counts[name])
}

/** The sums with every sign turned. */
export function negateSums(sums: CountSums): CountSums {
  return mapCounts(name => negated(sums[name]))
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

/** Units that a call with these counts holds while it is in flight. */
export function heldUnits(counts: Counts, measure: Measure): number {
  return measure.metric === 'concurrency' ? 1 : measuredUnits(counts, measure)
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
    case 'audioSeconds':
      return counts.audioSecondCount
    case 'concurrency':
      return 0
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
