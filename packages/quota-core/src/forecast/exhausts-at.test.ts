import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowInterval } from '../domain/calendar.js'
import { noCounts } from '../domain/counts.js'
import type { Window } from '../domain/window.js'
import { isRolling, rollingMs } from '../domain/window.js'
import { exhaustsAtMs, type Standing } from './exhausts-at.js'
import { type HourOfUsage, unitsInLastHour } from './recent-hours.js'

const hourMs = 3_600_000
const noonMs = Date.UTC(2026, 10, 25, 12)
const rule = { timeZone: 'America/Los_Angeles', dayStartsAt: '00:00', monthStartsOn: 1 }
const utc = { ...rule, timeZone: 'UTC' }

const windows: readonly Window[] = [
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'total',
  'rolling-60s',
  'rolling-3h',
  'rolling-1d',
]
const units = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const standings: fc.Arbitrary<Standing> = fc.record({
  window: fc.constantFrom(...windows),
  max: units,
  spent: units,
  remaining: fc.integer({ min: 0, max: 100_000 }),
  unitsOfLastHour: fc.double({ min: 0, max: 1e15, noNaN: true }),
})
const instants = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) })

function at(standing: Standing, nowMs: number): number {
  return exhaustsAtMs(standing, rule, nowMs) ?? Number.POSITIVE_INFINITY
}

const day: Standing = { window: 'day', max: 1_000, spent: 0, remaining: 1_000, unitsOfLastHour: 0 }

describe('any forecast', () => {
  it('is never before now, or at or after the end of the window', () => {
    fc.assert(
      fc.property(standings, instants, (standing, nowMs) => {
        const atMs = exhaustsAtMs(standing, rule, nowMs)
        if (atMs === null) return
        const { window } = standing
        const endMs = isRolling(window)
          ? nowMs + rollingMs(window)
          : windowInterval(window, rule, nowMs).endMs
        expect(Number.isSafeInteger(atMs)).toBe(true)
        expect(atMs).toBeGreaterThanOrEqual(nowMs)
        expect(atMs).toBeLessThan(endMs)
      }),
    )
  })

  it('is not moved later by a faster pace, more usage or less room', () => {
    fc.assert(
      fc.property(standings, instants, units, (standing, nowMs, more) => {
        const before = at(standing, nowMs)
        const faster = { ...standing, unitsOfLastHour: standing.unitsOfLastHour + more }
        const spent = { ...standing, spent: standing.spent + more }
        const fuller = { ...standing, remaining: Math.max(0, (standing.remaining ?? 0) - more) }
        for (const worse of [faster, spent, fuller]) expect(at(worse, nowMs)).toBeLessThanOrEqual(before)
      }),
    )
  })

  it('is now if no room is left, and null without a max', () => {
    fc.assert(
      fc.property(standings, instants, (standing, nowMs) => {
        expect(exhaustsAtMs({ ...standing, remaining: 0 }, rule, nowMs)).toBe(nowMs)
        expect(exhaustsAtMs({ ...standing, max: null, remaining: null }, rule, nowMs)).toBe(null)
      }),
    )
  })

  it('is null while nothing is used', () => {
    for (const window of windows) {
      expect(exhaustsAtMs({ ...day, window }, rule, noonMs)).toBe(null)
    }
  })
})

describe('a calendar window', () => {
  it('runs out at the pace of the last hour if that is faster', () => {
    const rush = { ...day, spent: 500, remaining: 500, unitsOfLastHour: 250 }
    expect(exhaustsAtMs(rush, utc, noonMs)).toBe(noonMs + 2 * hourMs)
  })

  it('runs out at the pace of the window so far in a quiet hour', () => {
    const quiet = { ...day, spent: 600, remaining: 400 }
    expect(exhaustsAtMs(quiet, utc, noonMs)).toBe(noonMs + 8 * hourMs)
  })

  it('lasts if the pace just reaches its end', () => {
    expect(exhaustsAtMs({ ...day, spent: 500, remaining: 500 }, utc, noonMs)).toBe(null)
  })

  it('that has just begun does not treat one call as a rush', () => {
    const atMs = Date.UTC(2026, 10, 25) + 1_000
    const forecast = exhaustsAtMs({ ...day, spent: 10, remaining: 990, unitsOfLastHour: 10 }, utc, atMs)
    expect(forecast).toBe(null)
  })

  it('of a minute is only ever spent now', () => {
    const minute: Standing = { window: 'minute', max: 10, spent: 9, remaining: 1, unitsOfLastHour: 1e6 }
    expect(exhaustsAtMs(minute, utc, noonMs)).toBe(null)
    expect(exhaustsAtMs({ ...minute, remaining: 0 }, utc, noonMs)).toBe(noonMs)
  })
})

describe('a limit in total', () => {
  const total: Standing = { ...day, window: 'total', spent: 700, remaining: 300 }

  it('runs out at the pace of the last hour, however long ago it began', () => {
    expect(exhaustsAtMs({ ...total, unitsOfLastHour: 2 }, utc, noonMs)).toBe(noonMs + 150 * hourMs)
    expect(exhaustsAtMs(total, utc, noonMs)).toBe(null)
  })

  it('is forecast for a year at most', () => {
    const slow = { ...total, remaining: 8_760 }
    expect(exhaustsAtMs({ ...slow, unitsOfLastHour: 1.001 }, utc, noonMs)).not.toBe(null)
    expect(exhaustsAtMs({ ...slow, unitsOfLastHour: 1 }, utc, noonMs)).toBe(null)
  })
})

describe('a grant', () => {
  const granted = (remaining: number, ...untilHours: readonly number[]): Standing => ({
    ...{ ...day, max: 1_000, spent: 1_200 - remaining, remaining, unitsOfLastHour: 50 },
    grants: untilHours.map(hours => ({ id: '', amount: 100, untilMs: noonMs + hours * hourMs })),
  })

  it('that ends takes its room along', () => {
    // At 100 units an hour; the end of the day is 12 hours away.
    const pace = { unitsOfLastHour: 100, spent: 0 }
    expect(exhaustsAtMs({ ...granted(200, 1, 1), ...pace }, utc, noonMs)).toBe(noonMs + hourMs)
    expect(exhaustsAtMs({ ...granted(200, 1), ...pace }, utc, noonMs)).toBe(noonMs + hourMs)
    expect(exhaustsAtMs({ ...granted(400, 1), ...pace }, utc, noonMs)).toBe(noonMs + 3 * hourMs)
    expect(exhaustsAtMs({ ...granted(400, 9), ...pace }, utc, noonMs)).toBe(noonMs + 4 * hourMs)
  })

  it('that outlasts the window, or of a limit that is not used, changes nothing', () => {
    const idle = { unitsOfLastHour: 0, spent: 0 }
    expect(exhaustsAtMs({ ...granted(300, 30), ...idle }, utc, noonMs)).toBe(null)
    expect(exhaustsAtMs({ ...granted(300, 2), ...idle }, utc, noonMs)).toBe(null)
    expect(exhaustsAtMs({ ...granted(100, 2), ...idle }, utc, noonMs)).toBe(noonMs + 2 * hourMs)
  })
})

describe('a rolling window', () => {
  const rolling: Standing = { ...day, window: 'rolling-1d', max: 2_400, remaining: 300 }

  it('lasts for ever at the pace of its refill', () => {
    expect(exhaustsAtMs({ ...rolling, unitsOfLastHour: 100 }, utc, noonMs)).toBe(null)
  })

  it('loses usage beyond its refill', () => {
    expect(exhaustsAtMs({ ...rolling, unitsOfLastHour: 200 }, utc, noonMs)).toBe(noonMs + 3 * hourMs)
  })

  it('is forecast for one window at most', () => {
    expect(exhaustsAtMs({ ...rolling, unitsOfLastHour: 101 }, utc, noonMs)).toBe(null)
  })
})

describe('the units of the last hour', () => {
  const measure = { metric: 'requests', countsCached: true } as const
  const hour = (hourStartMs: number, requestCount: number): HourOfUsage => ({
    providerName: 'a',
    hourStartMs,
    model: '',
    counts: { ...noCounts, requestCount },
  })

  it('are those of this hour and a share of the one before', () => {
    const atMs = noonMs + hourMs / 4
    const hours = [hour(noonMs - 2 * hourMs, 7_000), hour(noonMs - hourMs, 100), hour(noonMs, 40)]
    expect(hours.map(one => unitsInLastHour(one, measure, atMs))).toEqual([0, 75, 40])
    expect(hours.map(one => unitsInLastHour(one, measure, noonMs))).toEqual([0, 100, 40])
  })

  it('include a call dated slightly ahead', () => {
    expect(unitsInLastHour(hour(noonMs, 3), measure, noonMs - 1_000)).toBe(3)
  })
})
