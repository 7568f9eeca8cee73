import { expect, test } from 'vitest'
import {
  addHistograms,
  bucketCount,
  bucketOf,
  type DurationHistogram,
  histogramOf,
  maxRelativeError,
  percentileMs,
} from './duration-histogram.js'

/** Mulberry32: the same numbers at every run. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function histogramOfAll(durations: readonly number[]): DurationHistogram {
  return durations.map(histogramOf).reduce(addHistograms, [])
}

function nearestRank(durations: readonly number[], percent: number): number {
  const sorted = durations.toSorted((left, right) => left - right)
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? Number.NaN
}

test('a percentile of a histogram is within the stated error of that of the durations', () => {
  const random = randomNumbers(7)
  let largest = 0
  for (let round = 0; round < 300; round++) {
    const size = 1 + Math.floor(random() * 200)
    // From 11 ms to 45 min, each order of magnitude as often.
    const durations = Array.from({ length: size }, () => Math.ceil(10.1 * 2 ** (random() * 18)))
    const histogram = histogramOfAll(durations)
    for (const percent of [1, 50, 95, 99, 100]) {
      const exact = nearestRank(durations, percent)
      const error = Math.abs((percentileMs(histogram, percent) ?? Number.NaN) - exact) / exact
      largest = Math.max(largest, error - 0.5 / exact)
    }
  }
  // Apart from rounding to whole milliseconds.
  expect(largest).toBeLessThanOrEqual(maxRelativeError)
  // The bound is no larger than it has to be.
  expect(largest).toBeGreaterThan(maxRelativeError * 0.9)
})

test('the sum of histograms is that of all durations, in whatever order', () => {
  const parts = [[12, 900], [], [40_000], [3]]
  const sums = parts.map(histogramOfAll)
  const whole = histogramOfAll(parts.flat())
  expect(sums.reduce(addHistograms, [])).toEqual(whole)
  expect(sums.toReversed().reduce(addHistograms, [])).toEqual(whole)
})

test('the shortest and the longest durations have buckets, and none lies beyond them', () => {
  const odd = [-5, 0, 10, 10.5, 3_600_000, 86_400_000, Number.POSITIVE_INFINITY, Number.NaN]
  expect(odd.map(bucketOf)).toEqual([0, 0, 0, 1, bucketCount - 1, bucketCount - 1, bucketCount - 1, 0])
  expect(percentileMs(histogramOf(4), 50)).toBe(10)
  expect(percentileMs(histogramOf(86_400_000), 50)).toBeGreaterThan(3_000_000)
})

test('no durations have no percentile', () => {
  expect(percentileMs([], 50)).toBeNull()
  expect(percentileMs([0, 0], 95)).toBeNull()
})

test('the rank is exact: of 20 durations the 19th is the 95th percentile', () => {
  const durations = [...Array<number>(19).fill(100), 10_000]
  expect(percentileMs(histogramOfAll(durations), 95)).toBeLessThan(120)
  expect(percentileMs(histogramOfAll(durations), 96)).toBeGreaterThan(9_000)
})
