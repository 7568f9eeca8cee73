import { expect, test } from 'vitest'
import { ReturnSpread } from './return-spread.js'

const nowMs = Date.UTC(2026, 10, 28)

test.each([
  [1_000, 2_000],
  [20_000, 2_000],
  [60_000, 6_000],
  [86_400_000, 10_000],
])(
  'clients with the same return in %i ms are spread over the %i ms after it, the first at the instant itself',
  (waitMs, spreadMs) => {
    const returns = new ReturnSpread()
    const reported = Array.from({ length: 200 }, () => returns.spread(nowMs + waitMs, nowMs) - nowMs - waitMs)
    expect(reported[0]).toBe(0)
    expect(Math.min(...reported)).toBe(0)
    expect(Math.max(...reported)).toBeLessThanOrEqual(spreadMs)
    // Evenly: no tenth of the time has many more clients than its share.
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => reported.filter(ms => Math.floor((ms * 10) / spreadMs) === tenth).length,
    )
    expect(Math.max(...tenths)).toBeLessThanOrEqual(24)
  },
)

test('another return is reported unchanged, after any number of clients', () => {
  const returns = new ReturnSpread()
  for (let second = 0; second < 5_000; second++) {
    const returnMs = nowMs + second * 1_000
    expect(returns.spread(returnMs, nowMs)).toBe(returnMs)
  }
})
