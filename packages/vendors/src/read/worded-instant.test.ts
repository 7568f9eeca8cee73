import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestWaitMs } from './wait.js'
import { readWordedInstantMs } from './worded-instant.js'

const nowMs = Date.parse('2026-11-28T20:00:00Z')

test.each([
  ['You will regain access on 2026-12-01 at 00:00 UTC.', '2026-12-01T00:00:00Z'],
  ['Your limit will reset at 2026-12-03 07:49:08', '2026-12-03T07:49:08Z'],
  ['您的限额将在 2026-12-03 07:41:44 重置。', '2026-12-03T07:41:44Z'],
  ['Quota resets on Dec 1, 2026', '2026-12-01T00:00:00Z'],
  ['Resets on 1 Jan 2027.', '2027-01-01T00:00:00Z'],
  ['try again at Dec 1st, 2026 9:30 AM.', '2026-12-01T09:30:00Z'],
  ['Your rate limit resets on Dec 12, 2026, 5:04 PM. To continue, add credits', '2026-12-12T17:04:00Z'],
  ['Your limit will reset at Dec 6, 10am', '2026-12-06T10:00:00Z'],
  ['resets on January 5', '2027-01-05T00:00:00Z'],
  ['suspended until Tuesday, 1 December 2026 12:00 GMT', '2026-12-01T12:00:00Z'],
  ['blocked until 2026-12-01T03:00:00.5Z', '2026-12-01T03:00:00Z'],
  ['blocked until 2026-12-01T03:00:00+02:00', '2026-12-01T01:00:00Z'],
  ['available again on 2026/12/01 00:00 (America/Los_Angeles)', '2026-12-01T08:00:00Z'],
  ['resets 2026-12-01 8am PT', '2026-12-01T16:00:00Z'],
  ['retry at 2026-12-01 00:00:00 UTC+8', '2026-11-30T16:00:00Z'],
  ['Limit resets at 1796083200', '2026-12-01T00:00:00Z'],
  ['reset: 1796083200000', '2026-12-01T00:00:00Z'],
  ['resets at midnight UTC', '2026-11-29T00:00:00Z'],
  ['Weekly limit reached. Resets on 12/02/2026', '2026-12-02T00:00:00Z'],
  ['Resets on 31/12/2026', '2026-12-31T00:00:00Z'],
  ['try again at 7:58 PM', '2026-11-29T19:58:00Z'],
  ['try again at 11:58 PM', '2026-11-28T23:58:00Z'],
  ['resets 3am (America/Los_Angeles)', '2026-11-29T11:00:00Z'],
  ['Try again at 2026-11-29 20:00:00 KST', '2026-11-29T11:00:00Z'],
  ['Try again at 2026-11-29 20:00:00 (IST)', '2026-11-29T14:30:00Z'],
  ['Try again at 2026-11-29 20:00:00 SGT', '2026-11-29T12:00:00Z'],
  ['blocked until 29 Nov 2026 20:00 HKT', '2026-11-29T12:00:00Z'],
  ['resets on Nov 29, 2026, 8:00 PM AEST', '2026-11-29T10:00:00Z'],
  ['resets at 8:00 PM AEDT', '2026-11-29T09:00:00Z'],
  ['resets at midnight Pacific Time', '2026-11-29T08:00:00Z'],
  ['resets at midnight Pacific', '2026-11-29T08:00:00Z'],
  ['resets at 2026-12-01 12:00 Eastern Daylight Time', '2026-12-01T16:00:00Z'],
  ['resets at 2026-12-01 12:00 Korea Standard Time.', '2026-12-01T03:00:00Z'],
  ['resets at 2026-12-01 12:00 Beijing time', '2026-12-01T04:00:00Z'],
  ['resets at 2026-12-01 12:00 KST time', '2026-12-01T03:00:00Z'],
  ['resets at 2026-12-01 12:00 GMT+9', '2026-12-01T03:00:00Z'],
  ['resets at 2026-12-01 12:00 (UTC+05:30)', '2026-12-01T06:30:00Z'],
  ['resets at 2026-12-01 12:00:00+09', '2026-12-01T03:00:00Z'],
  ['resets at 2026-12-01 12:00 US/Pacific', '2026-12-01T20:00:00Z'],
  ['resets at 2026-12-01 12:00 or later', '2026-12-01T12:00:00Z'],
  ['resets at 2026-12-01 12:00 PT this time', '2026-12-01T20:00:00Z'],
  ['resets on 2026-12-01 API access returns then', '2026-12-01T00:00:00Z'],
  ['available after 17:30:00 UTC', '2026-11-29T17:30:00Z'],
  ['available after 17:30', '2026-11-29T17:30:00Z'],
  ['Try again at 05:30:00', '2026-11-29T05:30:00Z'],
])('%j lasts until %s', (message, instant) => {
  expect(readWordedInstantMs(message, { nowMs, timeZone: 'UTC' })).toBe(Date.parse(instant))
})

test.each([
  'You will regain access on 2026-11-01 at 00:00 UTC.',
  'The model gpt-4-2026-12-01 is overloaded',
  'claude-sonnet-4-20250514 is rate limited, try again',
  'until 2026-13-01',
  'until 2029-01-01',
  'until 40/40/2026',
  'try again in 5 minutes',
  'try again later',
  'retry after 30',
  'resets at 25:10',
  'Daily limit reached. Try again in 05:30:00',
  'Resets in about 05:30:00',
  'Resets in 1 day, 05:30:00',
  'Retry after 05:30:00',
  'try again in 05:30',
  'Try again at 2026-11-29 20:00:00 XYZT',
  'Try again at 2026-11-29 20:00:00 Moscow Time',
  'resets at 8:00 PM QQT',
  'until 2026-12-01 12:00:00+99:00',
])('%j states no plausible end', message => {
  expect(readWordedInstantMs(message, { nowMs, timeZone: 'UTC' })).toBeNull()
})

test('a date without a zone is in the vendor’s zone', () => {
  const reading = { nowMs, timeZone: 'America/Los_Angeles' }
  expect(readWordedInstantMs('resets on Dec 1, 2026', reading)).toBe(Date.parse('2026-12-01T08:00:00Z'))
})

test('no message makes it throw or return a past or absurd instant', () => {
  const words = [
    'until ',
    'resets at ',
    '2026',
    '-',
    '12',
    ':',
    '00',
    ' ',
    'Dec ',
    'am',
    'UTC',
    '1',
    'on ',
    'a/b',
    '+',
  ]
  const message = fc.oneof(
    fc.string({ maxLength: 4_000 }),
    fc.array(fc.constantFrom(...words), { maxLength: 800 }).map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(message, text => {
      const instantMs = readWordedInstantMs(text, { nowMs, timeZone: 'UTC' })
      if (instantMs === null) return
      expect(Number.isSafeInteger(instantMs)).toBe(true)
      expect(instantMs).toBeGreaterThan(nowMs)
      expect(instantMs - nowMs).toBeLessThanOrEqual(longestWaitMs)
    }),
    { numRuns: 1_000 },
  )
})
