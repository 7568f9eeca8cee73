import { describe, expect, it, test } from 'vitest'
import { calendarInterval, dateAt, isTimeZone, windowInterval } from './calendar.js'
import type { DayRule } from './day-rule.js'
import type { CalendarWindow } from './window.js'

const rule = (timeZone: string, dayStartsAt = '00:00', monthStartsOn = 1): DayRule => ({
  timeZone,
  dayStartsAt,
  monthStartsOn,
})
const at = (text: string): number => Date.parse(text)
const hourMs = 3_600_000

function interval(window: CalendarWindow, days: DayRule, instant: string): readonly [string, string, number] {
  const { startMs, endMs } = calendarInterval(window, days, at(instant))
  return [new Date(startMs).toISOString(), new Date(endMs).toISOString(), (endMs - startMs) / hourMs]
}

/** Every window that overlaps the range, stepping from each end to the next start. */
function step(window: CalendarWindow, days: DayRule, fromMs: number, toMs: number): void {
  let nowMs = fromMs
  for (let count = 0; count < 20_000 && nowMs < toMs; count++) {
    const { startMs, endMs } = calendarInterval(window, days, nowMs)
    // The last millisecond belongs to this window, the end to the next: half-open.
    const last = calendarInterval(window, days, endMs - 1)
    // One assertion for each of 70,000 steps takes twice as long as all else here.
    const isRight =
      endMs > nowMs && (count === 0 || startMs === nowMs) && last.startMs === startMs && last.endMs === endMs
    if (!isRight)
      expect.fail(
        `${window} in ${days.timeZone} at ${nowMs}: ${startMs} to ${endMs}, its end ${last.startMs} to ${last.endMs}`,
      )
    nowMs = endMs
  }
  expect(nowMs).toBeGreaterThanOrEqual(toMs)
}

describe("a provider's day follows its time zone", () => {
  const pacific = rule('America/Los_Angeles')

  it('is not the UTC day', () => {
    expect(dateAt(pacific, at('2026-11-25T23:50:00Z'))).toBe('2026-11-25')
    expect(dateAt(pacific, at('2026-11-26T00:10:00Z'))).toBe('2026-11-25')
    expect(interval('day', pacific, '2026-11-26T00:10:00Z')[1]).toBe('2026-11-26T08:00:00.000Z')
    expect(dateAt(pacific, at('2026-11-26T07:59:59.999Z'))).toBe('2026-11-25')
    expect(dateAt(pacific, at('2026-11-26T08:00:00Z'))).toBe('2026-11-26')
  })

  it('has 25 hours when clocks go back, and 23 when they go forward', () => {
    expect(interval('day', pacific, '2026-11-01T12:00:00Z')).toEqual([
      '2026-11-01T07:00:00.000Z',
      '2026-11-02T08:00:00.000Z',
      25,
    ])
    expect(interval('day', pacific, '2027-03-14T12:00:00Z')).toEqual([
      '2027-03-14T08:00:00.000Z',
      '2027-03-15T07:00:00.000Z',
      23,
    ])
  })

  it('starts exactly once if its local start does not exist', () => {
    const late = rule('America/Los_Angeles', '02:30')
    // 02:30 is skipped on 14 March: the day starts at 03:30 PDT, which is 10:30 UTC.
    expect(interval('day', late, '2027-03-14T12:00:00Z')).toEqual([
      '2027-03-14T10:30:00.000Z',
      '2027-03-15T09:30:00.000Z',
      23,
    ])
    const starts = new Set<number>()
    for (let ms = at('2027-03-14T08:00:00Z'); ms < at('2027-03-15T07:00:00Z'); ms += 60_000) {
      const { startMs } = calendarInterval('day', late, ms)
      if (startMs >= at('2027-03-14T08:00:00Z')) starts.add(startMs)
    }
    expect([...starts]).toEqual([at('2027-03-14T10:30:00Z')])
    expect(dateAt(late, at('2027-03-14T10:29:59.999Z'))).toBe('2027-03-13')
    expect(dateAt(late, at('2027-03-14T10:30:00Z'))).toBe('2027-03-14')
  })

  it('starts exactly once if its local start occurs twice', () => {
    const early = rule('America/Los_Angeles', '01:30')
    expect(interval('day', early, '2026-11-01T20:00:00Z')).toEqual([
      '2026-11-01T08:30:00.000Z',
      '2026-11-02T09:30:00.000Z',
      25,
    ])
  })

  it('starts after the gap in zones that skip midnight', () => {
    // Beirut and Santiago set the clock forward at midnight.
    expect(interval('day', rule('Asia/Beirut'), '2027-03-28T10:00:00Z')[2]).toBe(23)
    expect(interval('day', rule('Africa/Cairo'), '2026-04-24T10:00:00Z')).toEqual([
      '2026-04-23T22:00:00.000Z',
      '2026-04-24T21:00:00.000Z',
      23,
    ])
    expect(interval('day', rule('America/Santiago'), '2026-09-06T12:00:00Z')).toEqual([
      '2026-09-06T04:00:00.000Z',
      '2026-09-07T03:00:00.000Z',
      23,
    ])
  })

  it('may be shorter or longer by half an hour (Lord Howe)', () => {
    expect(interval('day', rule('Australia/Lord_Howe'), '2026-10-04T00:00:00Z')[2]).toBe(23.5)
    expect(interval('day', rule('Australia/Lord_Howe'), '2026-04-05T00:00:00Z')[2]).toBe(24.5)
  })

  it('may be 14 hours ahead of UTC (Kiritimati), or use an offset', () => {
    expect(dateAt(rule('Pacific/Kiritimati'), at('2026-11-25T10:00:00Z'))).toBe('2026-11-26')
    expect(interval('day', rule('Pacific/Kiritimati'), '2026-11-25T10:00:00Z')[0]).toBe(
      '2026-11-25T10:00:00.000Z',
    )
    expect(dateAt(rule('+09:00'), at('2026-07-31T14:59:59.999Z'))).toBe('2026-07-31')
    expect(dateAt(rule('+09:00'), at('2026-07-31T15:00:00Z'))).toBe('2026-08-01')
    expect(interval('month', rule('+09:00'), '2026-07-31T15:00:00Z')[0]).toBe('2026-07-31T15:00:00.000Z')
  })

  it('contains the instant even if a zone skipped a day (Samoa)', () => {
    const samoa = rule('Pacific/Apia', '06:00')
    expect(dateAt(samoa, at('2011-12-30T12:00:00Z'))).toBe('2011-12-29')
    step('day', samoa, at('2011-12-27T00:00:00Z'), at('2012-01-03T00:00:00Z'))
  })
})

describe('other calendar windows', () => {
  it('minutes follow the clock, whenever the key was created', () => {
    expect(interval('minute', rule('UTC'), '2026-11-25T12:00:30Z').slice(0, 2)).toEqual([
      '2026-11-25T12:00:00.000Z',
      '2026-11-25T12:01:00.000Z',
    ])
  })

  it('hours follow the local clock', () => {
    expect(interval('hour', rule('Asia/Kolkata'), '2026-11-25T12:00:00Z').slice(0, 2)).toEqual([
      '2026-11-25T11:30:00.000Z',
      '2026-11-25T12:30:00.000Z',
    ])
  })

  it('an hour is split where the offset changes by half an hour (Lord Howe)', () => {
    // At 02:00 local, 15:30 UTC, clocks go to 02:30.
    expect(interval('hour', rule('Australia/Lord_Howe'), '2026-10-03T15:29:59Z')[1]).toBe(
      '2026-10-03T15:30:00.000Z',
    )
    expect(interval('hour', rule('Australia/Lord_Howe'), '2026-10-03T15:30:00Z')).toEqual([
      '2026-10-03T15:30:00.000Z',
      '2026-10-03T16:00:00.000Z',
      0.5,
    ])
  })

  it('months begin on the first day, with or without a DST change', () => {
    expect(interval('month', rule('America/Los_Angeles'), '2026-11-15T00:00:00Z').slice(0, 2)).toEqual([
      '2026-11-01T07:00:00.000Z',
      '2026-12-01T08:00:00.000Z',
    ])
    // A month whose days start at 05:00 also starts then.
    expect(interval('month', rule('UTC', '05:00'), '2026-12-01T04:59:59Z')[0]).toBe(
      '2026-11-01T05:00:00.000Z',
    )
  })
})

describe('weeks', () => {
  it('begin on Monday, when the day does', () => {
    // A Sunday, and the last of 2026's daylight saving time in Los Angeles.
    expect(interval('week', rule('America/Los_Angeles'), '2026-11-01T12:00:00Z')).toEqual([
      '2026-10-26T07:00:00.000Z',
      '2026-11-02T08:00:00.000Z',
      169,
    ])
    expect(interval('week', rule('UTC', '05:00'), '2026-11-30T04:59:59.999Z').slice(0, 2)).toEqual([
      '2026-11-23T05:00:00.000Z',
      '2026-11-30T05:00:00.000Z',
    ])
    expect(interval('week', rule('Asia/Tokyo'), '2026-11-29T15:00:00Z')[0]).toBe('2026-11-29T15:00:00.000Z')
  })

  it('go on over the turn of the year', () => {
    expect(interval('week', rule('UTC'), '2027-01-01T00:00:00Z')).toEqual([
      '2026-12-28T00:00:00.000Z',
      '2027-01-04T00:00:00.000Z',
      168,
    ])
  })
})

describe('months that begin on another day', () => {
  const monthOf = (monthStartsOn: number, instant: string, dayStartsAt = '00:00') =>
    interval('month', rule('UTC', dayStartsAt, monthStartsOn), instant)
      .slice(0, 2)
      .map(text => String(text).slice(0, 16))

  test.each([
    [15, '2026-11-14T23:59:59.999Z', '2026-10-15T00:00', '2026-11-15T00:00'],
    [15, '2026-11-15T00:00:00Z', '2026-11-15T00:00', '2026-12-15T00:00'],
    [31, '2026-11-29T00:00:00Z', '2026-10-31T00:00', '2026-11-30T00:00'],
    [31, '2026-11-30T00:00:00Z', '2026-11-30T00:00', '2026-12-31T00:00'],
    [31, '2027-02-27T23:00:00Z', '2027-01-31T00:00', '2027-02-28T00:00'],
    [30, '2028-02-29T00:00:00Z', '2028-02-29T00:00', '2028-03-30T00:00'],
    [29, '2027-03-01T00:00:00Z', '2027-02-28T00:00', '2027-03-29T00:00'],
    [31, '2026-12-31T12:00:00Z', '2026-12-31T00:00', '2027-01-31T00:00'],
    [2, '2027-01-01T12:00:00Z', '2026-12-02T00:00', '2027-01-02T00:00'],
  ])('on the %i., at %s: from %s to %s', (startsOn, instant, start, end) =>
    expect(monthOf(startsOn, instant)).toEqual([start, end]),
  )

  it('begin when that day does', () => {
    expect(monthOf(15, '2026-11-15T04:59:00Z', '05:00')).toEqual(['2026-10-15T05:00', '2026-11-15T05:00'])
  })

  it('of different days are told apart, whatever was computed before', () => {
    const starts = [1, 28, 31, 1].map(day => monthOf(day, '2026-11-29T00:00:00Z')[0])
    expect(starts).toEqual(['2026-11-01T00:00', '2026-11-28T00:00', '2026-10-31T00:00', '2026-11-01T00:00'])
  })
})

it('the window in total contains every instant', () => {
  const whole = windowInterval('total', rule('UTC'), at('2026-11-25T12:00:00Z'))
  expect(windowInterval('total', rule('Asia/Tokyo', '05:00', 3), at('9999-01-01T00:00:00Z'))).toEqual(whole)
  expect([whole.startMs, whole.endMs]).toEqual([0, at('9999-12-31T23:59:59.999Z')])
})

describe('windows cover time without gaps: each instant is in one, and its end starts the next', () => {
  const zones = [
    'UTC',
    'America/Los_Angeles',
    'Australia/Lord_Howe',
    'Pacific/Kiritimati',
    'Asia/Beirut',
    'America/Santiago',
    'America/St_Johns',
    'Africa/Casablanca',
    '-03:30',
  ]
  test.each(zones)('%s', timeZone => {
    const from = at('2026-02-20T13:37:00Z')
    for (const dayStartsAt of ['00:00', '02:30', '23:59']) {
      step('day', rule(timeZone, dayStartsAt), from, from + 400 * 24 * hourMs)
      step('week', rule(timeZone, dayStartsAt), from, from + 400 * 24 * hourMs)
      for (const startsOn of [1, 15, 29, 31])
        step('month', rule(timeZone, dayStartsAt, startsOn), from, from + 400 * 24 * hourMs)
    }
    // Whenever clocks are changed in one of these zones.
    for (const start of [from, at('2026-09-01T00:00:00Z')])
      step('hour', rule(timeZone), start, start + 75 * 24 * hourMs)
  })

  it('also where clocks were set back over midnight (St. John’s, 2010)', () => {
    step('day', rule('America/St_Johns'), at('2010-11-04T00:00:00Z'), at('2010-11-10T00:00:00Z'))
    step('hour', rule('America/St_Johns'), at('2010-11-06T00:00:00Z'), at('2010-11-09T00:00:00Z'))
    // Between the first and second 00:00, the clock shows the day before for an hour.
    expect(dateAt(rule('America/St_Johns'), at('2010-11-07T03:00:00Z'))).toBe('2010-11-07')
  })
})

describe('zones', () => {
  test.each(['UTC', 'Europe/Brussels', 'Etc/GMT+5', '+09:00', '-03:30', 'America/Argentina/Buenos_Aires'])(
    '%s is one',
    zone => expect(isTimeZone(zone)).toBe(true),
  )
  test.each([
    '',
    'Mars/Olympus',
    'PST8',
    'local',
    '2026-11-25T00:00:00[UTC]',
    'UTC\n',
    '+25:00',
    'Z',
    '../UTC',
    'x'.repeat(100),
  ])('%j is none', zone => expect(isTimeZone(zone)).toBe(false))
})

it('gives the same days whatever was computed before: the cache is not observable', () => {
  const instants = ['2026-11-01T06:00:00Z', '2026-11-01T12:00:00Z', '2026-06-01T00:00:00Z'].map(at)
  const ask = (ms: number) => [
    calendarInterval('day', rule('America/Los_Angeles'), ms),
    dateAt(rule('America/Los_Angeles'), ms),
  ]
  const first = instants.map(ask)
  expect([...instants].reverse().map(ask).reverse()).toEqual(first)
})
