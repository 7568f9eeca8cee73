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
 * What a call uses. Integers of at least 0 (negative only in adjustments).
 * `cachedInputTokenCount` is a part of `inputTokenCount`; cost is in millionths of a US dollar; seconds of audio are
 * rounded up for each call.
 */
export type Counts = { readonly [Name in CountName]: number }

/** Counts of many calls: exact whatever their size. */
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
 * The sum of two counts of single calls.
 * @throws QuotaError COUNT_OVERFLOW when a sum leaves the range of exact integers (±(2^53 − 1)).
 */
export function addCounts(left: Counts, right: Counts): Counts {
  return mapCounts(name => exactSum(left[name], right[name]))
}

/** The counts with every sign turned. */
export function negateCounts(counts: Counts): Counts {
  // `0 - x` rather than `-x`: the latter makes a negative zero, which JSON and tests tell apart.
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

/** Which part of the counts a limit sees. */
export interface Measure {
  readonly metric: Metric
  /** False where the vendor leaves cached input out of the quota (Groq). */
  readonly countsCached: boolean
}

/** How many units of a limit's metric the counts of a call take; 2^53 − 1 where they add up to more. */
export function measuredUnits(counts: Counts, measure: Measure): number {
  return saturated(measuredSum(counts, measure))
}

/** The same of sums, exact whatever their size. */
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
  }
}

/**
 * An integer sum that is exact or refused, never rounded.
 * @throws QuotaError COUNT_OVERFLOW beyond ±(2^53 − 1).
 */
export function exactSum(left: number, right: number): number {
  const sum = left + right
  if (sum > Number.MAX_SAFE_INTEGER || sum < Number.MIN_SAFE_INTEGER) {
    throw new QuotaError('COUNT_OVERFLOW', 'the sum of these counts is beyond 2^53 − 1 and would lose units')
  }
  return sum
}
