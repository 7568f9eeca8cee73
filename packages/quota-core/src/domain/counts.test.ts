import { describe, expect, it, test } from 'vitest'
import {
  addCounts,
  countNames,
  exactSum,
  heldUnits,
  measuredUnits,
  negateCounts,
  noCounts,
} from './counts.js'
import { metrics } from './metric.js'

const most = Number.MAX_SAFE_INTEGER
const counts = {
  requestCount: 1,
  characterCount: 20,
  inputTokenCount: 300,
  outputTokenCount: 4_000,
  cachedInputTokenCount: 200,
  costMicroUsd: 50_000,
  audioSecondCount: 600_000,
}

describe('sums', () => {
  it('are exact past 2^31', () => {
    expect(exactSum(exactSum(2_147_483_647, 1), 1_000)).toBe(2_147_484_648)
  })

  it('are exact or throw at 2^53', () => {
    expect(exactSum(most - 1, 1)).toBe(most)
    expect(exactSum(0 - most, 1)).toBe(1 - most)
    expect(() => exactSum(most, 1)).toThrow(expect.objectContaining({ code: 'COUNT_OVERFLOW' }))
    expect(() => exactSum(0 - most, -1)).toThrow(expect.objectContaining({ code: 'COUNT_OVERFLOW' }))
    expect(() => addCounts(counts, { ...noCounts, costMicroUsd: most })).toThrow(/2\^53/)
  })

  it('of a count and its negative are 0, without negative zeros', () => {
    const sum = addCounts(counts, negateCounts(counts))
    expect(sum).toStrictEqual({ ...noCounts })
    for (const name of countNames) expect(Object.is(negateCounts(noCounts)[name], 0)).toBe(true)
  })
})

describe('each metric measures its own', () => {
  const expected = {
    requests: 1,
    characters: 20,
    tokens: 4_300,
    inputTokens: 300,
    outputTokens: 4_000,
    cost: 50_000,
    audioSeconds: 600_000,
    concurrency: 0,
  }
  test.each(metrics)('%s', metric => {
    expect(measuredUnits(counts, { metric, countsCached: true })).toBe(expected[metric])
  })

  it('and calls in flight hold one each, whatever they count', () => {
    const held = metrics.map(metric => heldUnits(counts, { metric, countsCached: true }))
    expect(held).toEqual([...Object.values(expected).slice(0, -1), 1])
    expect(heldUnits(noCounts, { metric: 'concurrency', countsCached: true })).toBe(1)
  })

  it('and excludes cached input if the vendor does', () => {
    expect(measuredUnits(counts, { metric: 'tokens', countsCached: false })).toBe(4_100)
    expect(measuredUnits(counts, { metric: 'inputTokens', countsCached: false })).toBe(100)
    expect(measuredUnits(counts, { metric: 'outputTokens', countsCached: false })).toBe(4_000)
  })
})
