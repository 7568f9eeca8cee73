import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inferAlignedWindow, inferRollingWindow } from './infer-window.js'

test.each([
  [200, 197, 1_185_394, 'rolling-1d'],
  [1000, 955, 3_888_000, 'rolling-1d'],
  [14_400, 14_370, 179_560, 'rolling-1d'],
  [5000, 4999, 12, 'rolling-60s'],
  [150_000, 149_994, 2, 'rolling-60s'],
  [12_000, 0, 60_000, 'rolling-60s'],
  [1000, 1000, 0, null],
  [1000, 900, 0, null],
  [null, 900, 5, null],
  [1000, null, 5, null],
  [1000, 900, null, null],
  [10, 8, 86_400_000, null],
] as const)(
  'limit %s with %s left and a reset in %s ms has the window %s',
  (limit, remaining, resetMs, expected) => {
    expect(inferRollingWindow({ limit, remaining, resetMs })).toBe(expected)
  },
)

test('the window is inferred from its numbers, even with partial refills', () => {
  const windows = fc.constantFrom(['rolling-60s', 60_000] as const, ['rolling-1d', 86_400_000] as const)
  fc.assert(
    fc.property(
      fc.integer({ min: 50, max: 50_000 }),
      fc.double({ min: 0.06, max: 1, noNaN: true }),
      windows,
      (limit, share, [name, windowMs]) => {
        const level = share * limit
        const reported = {
          limit,
          remaining: Math.floor(limit - level),
          resetMs: Math.round((level * windowMs) / limit),
        }
        expect(inferRollingWindow(reported)).toBe(name)
      },
    ),
  )
})

test('a day is inferred from midnight UTC, a minute from its end, and neither if ambiguous', () => {
  const midnightMs = Date.UTC(2026, 8, 1)
  expect(inferAlignedWindow(midnightMs, 3_600_000)).toBe('day')
  expect(inferAlignedWindow(midnightMs, 30_000)).toBeNull()
  expect(inferAlignedWindow(midnightMs + 60_000, 30_000)).toBe('minute')
  expect(inferAlignedWindow(midnightMs + 60_000, 90_000)).toBeNull()
  expect(inferAlignedWindow(midnightMs + 1, 30_000)).toBeNull()
})
