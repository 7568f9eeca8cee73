import { describe, expect, it, test } from 'vitest'
import { reachesPercent, statusOf, worseStatus } from './thresholds.js'

const most = Number.MAX_SAFE_INTEGER

describe('a threshold is reached at equality', () => {
  test.each([
    [4, 5, 80],
    [8, 10, 80],
    [9, 10, 90],
    [12, 15, 80],
    [1, 1, 100],
    [105, 100, 100],
  ])('%i of %i is at least %i %%', (used, max, percent) => {
    expect(reachesPercent(used, max, percent)).toBe(true)
  })

  test.each([
    [79, 100, 80],
    [11, 15, 80],
    [89_999, 100_000, 90],
    [0, 1, 1],
  ])('%i of %i is less than %i %%', (used, max, percent) => {
    expect(reachesPercent(used, max, percent)).toBe(false)
  })

  it('for every max up to 2,000, despite fractions', () => {
    for (let max = 1; max <= 2_000; max++) {
      for (const percent of [80, 90, 100]) {
        const first = Math.ceil((max * percent) / 100)
        expect(reachesPercent(first, max, percent), `${first} of ${max}`).toBe(true)
        expect(reachesPercent(first - 1, max, percent), `${first - 1} of ${max}`).toBe(false)
      }
    }
  })

  it('exactly beyond 2^53, where floating-point products round', () => {
    expect(reachesPercent(most, most, 100)).toBe(true)
    expect(reachesPercent(most - 1, most, 100)).toBe(false)
    // 90 % of it is 8106479329266891.9: one unit decides.
    expect(reachesPercent(8_106_479_329_266_892, most, 90)).toBe(true)
    expect(reachesPercent(8_106_479_329_266_891, most, 90)).toBe(false)
  })
})

describe('status', () => {
  test.each([
    [0, 10, 'available'],
    [7, 10, 'available'],
    [8, 10, 'warning'],
    [9, 10, 'critical'],
    [10, 10, 'disabled'],
    [11, 10, 'disabled'],
    [0, 0, 'disabled'],
  ] as const)('%i of %i is %s', (used, max, status) => {
    expect(statusOf(used, max)).toBe(status)
  })

  it('is the worst of several limits', () => {
    expect(worseStatus('warning', 'available')).toBe('warning')
    expect(worseStatus('critical', 'disabled')).toBe('disabled')
    expect(worseStatus('available', 'available')).toBe('available')
  })
})
