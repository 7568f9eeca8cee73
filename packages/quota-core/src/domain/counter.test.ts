import { describe, expect, it } from 'vitest'
import {
  type Counter,
  charge,
  clearUsage,
  counterAt,
  emptyCounter,
  fits,
  fitsAgainAtMs,
  hold,
  observe,
  resetsAtMs,
  roomUnits,
  spentUnits,
} from './counter.js'
import type { DayRule } from './day-rule.js'
import type { Limit } from './limit.js'

const utc: DayRule = { timeZone: 'UTC', dayStartsAt: '00:00', monthStartsOn: 1 }
const subject = { kind: 'provider', name: 'groq_1' } as const
const noonMs = Date.UTC(2026, 10, 25, 12)
const dayMs = 86_400_000

function limitOf(reported: Partial<Limit>): Limit {
  return {
    id: 'limit',
    metric: 'tokens',
    window: 'rolling-1d',
    max: 100_000,
    model: null,
    per: null,
    mode: 'enforce',
    countsCached: true,
    ...reported,
  }
}

/** A vendor's report of this many used units out of 100. */
function reported(units: number): { max: number; remaining: number; sinceMs: number } {
  return { max: 100, remaining: 100 - units, sinceMs: noonMs }
}

function counterOf(limit: Limit, atMs: number = noonMs): Counter {
  return counterAt(emptyCounter(subject, limit, ''), limit, utc, atMs)
}

function spend(counter: Counter, limit: Limit, units: number, atMs: number = counter.atMs): Counter {
  const current = counterAt(counter, limit, utc, atMs)
  return charge(current, limit, utc, { units, occurredAtMs: atMs, spentAtMs: atMs })
}

describe('a rolling limit gives the waits that Groq reports', () => {
  const tokensPerDay = limitOf({})

  it('wait = (used + requested − limit) · window / limit', () => {
    const spent = spend(counterOf(tokensPerDay), tokensPerDay, 97_050)
    expect(fits(spent, tokensPerDay, 3_619)).toBe(false)
    // 9m38.016s
    expect(fitsAgainAtMs(spent, tokensPerDay, utc, 3_619)).toBe(noonMs + 578_016)
    expect(fits(spent, tokensPerDay, 2_950), 'a smaller call fits at once').toBe(true)
    expect(fits(spent, tokensPerDay, 2_951)).toBe(false)
    const earlier = counterAt(spent, tokensPerDay, utc, noonMs + 578_015)
    expect(fits(earlier, tokensPerDay, 3_619)).toBe(false)
    expect(fits(counterAt(spent, tokensPerDay, utc, noonMs + 578_016), tokensPerDay, 3_619)).toBe(true)
  })

  it('time until full = (limit − remaining) · window / limit', () => {
    const requestsPerDay = limitOf({ metric: 'requests', max: 1_000 })
    const spent = spend(counterOf(requestsPerDay), requestsPerDay, 45)
    // 1h4m48s at remaining 955; the key stays usable meanwhile, and nothing jumps to 0 then.
    expect(resetsAtMs(spent, requestsPerDay, utc)).toBe(noonMs + 3_888_000)
    expect(roomUnits(spent, requestsPerDay)).toBe(955)
    expect(roomUnits(counterAt(spent, requestsPerDay, utc, noonMs + 86_400), requestsPerDay)).toBe(956)
    expect(spentUnits(counterAt(spent, requestsPerDay, utc, noonMs + 3_888_000), requestsPerDay)).toBe(0)
  })

  it('also per minute', () => {
    const tokensPerMinute = limitOf({ window: 'rolling-60s', max: 7_000 })
    const empty = counterOf(tokensPerMinute)
    expect(fitsAgainAtMs(empty, tokensPerMinute, utc, 12_903), 'never, since it is too large').toBe(null)
    const spent = spend(empty, tokensPerMinute, 7_000)
    expect(fitsAgainAtMs(spent, tokensPerMinute, utc, 5_903)).toBe(
      noonMs + Math.ceil((5_903 * 60_000) / 7_000),
    )
  })
})

describe('a rolling limit', () => {
  const limit = limitOf({ metric: 'requests', window: 'rolling-60s', max: 60 })

  it('refills continuously, and rounds spent units up', () => {
    const spent = spend(counterOf(limit), limit, 60)
    expect(spentUnits(counterAt(spent, limit, utc, noonMs + 1), limit)).toBe(60)
    expect(spentUnits(counterAt(spent, limit, utc, noonMs + 999), limit)).toBe(60)
    expect(spentUnits(counterAt(spent, limit, utc, noonMs + 1_000), limit)).toBe(59)
    expect(fits(counterAt(spent, limit, utc, noonMs + 999), limit, 1)).toBe(false)
    expect(fits(counterAt(spent, limit, utc, noonMs + 1_000), limit, 1)).toBe(true)
  })

  it('is exact however often it is read', () => {
    let often = spend(counterOf(limit), limit, 60)
    for (let ms = 1; ms <= 3_000; ms += 7) often = counterAt(often, limit, utc, noonMs + ms)
    expect(counterAt(often, limit, utc, noonMs + 3_000).level).toBe(
      counterAt(spend(counterOf(limit), limit, 60), limit, utc, noonMs + 3_000).level,
    )
  })

  it('does not refill held units until they are spent', () => {
    const held = hold(counterOf(limit), limit, utc, { units: 60, occurredAtMs: noonMs, spentAtMs: noonMs })
    const later = counterAt(held, limit, utc, noonMs + 30_000)
    expect(roomUnits(later, limit)).toBe(0)
    // As if every held unit were spent now: the first returns after a second.
    expect(fitsAgainAtMs(later, limit, utc, 1)).toBe(noonMs + 31_000)
  })

  it('counts only the units of an older call that have not drained', () => {
    const counter = counterOf(limit)
    const old = charge(counter, limit, utc, { units: 60, occurredAtMs: noonMs, spentAtMs: noonMs - 45_000 })
    expect(spentUnits(old, limit)).toBe(15)
    const gone = charge(counter, limit, utc, { units: 60, occurredAtMs: noonMs, spentAtMs: noonMs - dayMs })
    expect(spentUnits(gone, limit)).toBe(0)
  })

  it('takes back at most the units of an older charge that have not drained', () => {
    const spent = counterAt(spend(counterOf(limit), limit, 50), limit, utc, noonMs + 10_000)
    const both = spend(spent, limit, 10)
    expect(spentUnits(both, limit)).toBe(50)
    const undone = charge(both, limit, utc, { units: -50, occurredAtMs: noonMs, spentAtMs: noonMs })
    expect(spentUnits(undone, limit)).toBe(10)
  })

  it('is reported full again by the year 9999 at the latest, however overspent', () => {
    const slow = limitOf({ window: 'rolling-31d', max: 1 })
    const spent = spend(counterOf(slow), slow, 10_000_000)
    const lastMs = Date.UTC(9_999, 11, 31, 23, 59, 59, 999)
    expect([resetsAtMs(spent, slow, utc), fitsAgainAtMs(spent, slow, utc, 1)]).toEqual([lastMs, lastMs])
  })

  it('keeps a level beyond 2^53 − 1 units exactly, and reports 2^53 − 1', () => {
    const wide = limitOf({ window: 'rolling-31d', max: Number.MAX_SAFE_INTEGER })
    const full = spend(counterOf(wide), wide, Number.MAX_SAFE_INTEGER)
    const over = spend(full, wide, 1)
    expect(over.level - full.level).toBe(BigInt(31 * dayMs))
    expect(spentUnits(over, wide)).toBe(Number.MAX_SAFE_INTEGER)
    expect(resetsAtMs(full, wide, utc)).toBe(noonMs + 31 * dayMs)
  })
})

describe('a calendar limit', () => {
  const limit = limitOf({ metric: 'requests', window: 'day', max: 10 })

  it('has one unit less after one call', () => {
    expect(roomUnits(spend(counterOf(limit), limit, 1), limit)).toBe(9)
  })

  it('resets once with each window, at its first millisecond', () => {
    const spent = observe(spend(counterOf(limit), limit, 5), limit, reported(7))
    const midnightMs = Date.UTC(2026, 10, 26)
    expect(spentUnits(counterAt(spent, limit, utc, midnightMs - 1), limit)).toBe(7)
    const turned = counterAt(spent, limit, utc, midnightMs)
    expect(turned).toMatchObject({ used: 0, held: 0, observed: 0, windowStartMs: midnightMs })
    let counter = turned
    for (const minutes of [1, 2, 3]) counter = spend(counter, limit, 1, midnightMs + minutes * 60_000)
    expect(counter.used).toBe(3)
  })

  it('counts usage at the window’s start, and none of the previous window', () => {
    const midnightMs = Date.UTC(2026, 10, 25)
    const counter = counterOf(limit)
    const at = (occurredAtMs: number) =>
      charge(counter, limit, utc, { units: 1, occurredAtMs, spentAtMs: noonMs }).used
    expect(at(midnightMs)).toBe(1)
    expect(at(midnightMs - 1)).toBe(0)
  })

  it('never goes back in time', () => {
    const spent = spend(counterOf(limit, noonMs), limit, 5)
    expect(counterAt(spent, limit, utc, noonMs - 2 * dayMs)).toEqual(spent)
  })

  it('is never negative', () => {
    expect(spend(counterOf(limit), limit, -5).used).toBe(0)
    expect(
      hold(counterOf(limit), limit, utc, { units: -5, occurredAtMs: noonMs, spentAtMs: noonMs }).held,
    ).toBe(0)
  })

  it('fits again when its window ends, even after 31 days', () => {
    const monthly = limitOf({ metric: 'requests', window: 'month', max: 10 })
    const december = counterOf(monthly, Date.UTC(2026, 11, 1))
    const spent = spend(december, monthly, 10)
    expect(fitsAgainAtMs(spent, monthly, utc, 1)).toBe(Date.UTC(2027, 0, 1))
    expect(fits(counterAt(spent, monthly, utc, Date.UTC(2026, 11, 31, 23, 59)), monthly, 1)).toBe(false)
  })
})

describe('what fits', () => {
  const limit = limitOf({ metric: 'requests', window: 'day', max: 10 })

  it('is max minus used, observed, held and requested units', () => {
    const counter: Counter = { ...counterOf(limit), used: 2, observed: 3, held: 4 }
    expect([fits(counter, limit, 1), fits(counter, limit, 2)]).toEqual([true, false])
    expect(roomUnits(counter, limit)).toBe(1)
  })

  it('is nothing, not even 0 units, if the limit is spent', () => {
    const spent = spend(counterOf(limit), limit, 10)
    expect(fits(spent, limit, 0)).toBe(false)
    expect(fitsAgainAtMs(spent, limit, utc, 0)).toBe(Date.UTC(2026, 10, 26))
    const rolling = limitOf({ metric: 'requests', window: 'rolling-1d', max: 10 })
    const level = spend(counterOf(rolling), rolling, 10)
    expect(fits(level, rolling, 0)).toBe(false)
    // One unit has to return.
    expect(fitsAgainAtMs(level, rolling, utc, 0)).toBe(noonMs + 8_640_000)
  })

  it('is 0 units if everything is held', () => {
    expect(fits({ ...counterOf(limit), held: 10 }, limit, 0)).toBe(true)
  })

  it('is everything without a max, and nothing with max 0', () => {
    const free = limitOf({ window: 'day', max: null })
    expect(fits({ ...counterOf(free), used: Number.MAX_SAFE_INTEGER }, free, 1)).toBe(true)
    expect(roomUnits(counterOf(free), free)).toBe(null)
    const none = limitOf({ window: 'day', max: 0 })
    expect(fits(counterOf(none), none, 0)).toBe(false)
    expect(fitsAgainAtMs(counterOf(none), none, utc, 0)).toBe(null)
  })

  it('is exact if used, observed and held sum to more than 2^53', () => {
    const most = Number.MAX_SAFE_INTEGER
    const wide = limitOf({ window: 'day', max: most })
    const counter: Counter = { ...counterOf(wide), used: most - 3, held: 2 }
    expect([fits(counter, wide, 1), fits(counter, wide, 2), fits(counter, wide, most)]).toEqual([
      true,
      false,
      false,
    ])
    const absurd: Counter = { ...counter, used: most, observed: most, held: most }
    expect(fits(absurd, wide, most)).toBe(false)
    expect(spentUnits(absurd, wide)).toBe(most)
  })
})

describe('a vendor report', () => {
  const daily = limitOf({ metric: 'requests', window: 'day', max: 100 })

  it('raises the count by what exceeds used and held, and never lowers it', () => {
    const counter: Counter = { ...counterOf(daily), used: 10, held: 5 }
    const raised = observe(counter, daily, reported(40))
    expect(raised).toMatchObject({ used: 10, held: 5, observed: 25 })
    expect(observe(raised, daily, reported(20))).toMatchObject({ observed: 25 })
    expect(observe(counter, daily, reported(15))).toMatchObject({ observed: 0 })
    expect(observe(counter, daily, reported(-7))).toMatchObject({ observed: 0 })
  })

  it('is stored beside our figures, and a late report never replaces a newer one', () => {
    const counter: Counter = { ...counterOf(daily), used: 10, held: 5 }
    const raised = observe(counter, daily, reported(40))
    expect(raised.reported).toEqual({ max: 100, remaining: 60, drift: 25, sinceMs: noonMs })
    expect(observe(raised, daily, { ...reported(20), sinceMs: noonMs - 1 }).reported).toBe(raised.reported)
    expect(observe(raised, daily, reported(12)).reported).toMatchObject({ remaining: 88, drift: -3 })
    expect(counterAt(raised, daily, utc, noonMs + dayMs).reported).toBeNull()
  })

  it('raises a rolling level to what the vendor counts beside our calls in flight', () => {
    const rolling = limitOf({ metric: 'requests', max: 100 })
    const counter: Counter = { ...counterOf(rolling), held: 5 }
    expect(spentUnits(observe(counter, rolling, reported(40)), rolling)).toBe(35)
    const ours = spend(counter, rolling, 50)
    expect(observe(ours, rolling, reported(40)).level).toBe(ours.level)
  })

  it('is cleared by a reset; calls in flight stay held', () => {
    const counter: Counter = { ...counterOf(daily), used: 10, held: 5, observed: 25, alertedPercents: [80] }
    expect(clearUsage(counter)).toMatchObject({ used: 0, held: 5, observed: 0, alertedPercents: [] })
  })
})
