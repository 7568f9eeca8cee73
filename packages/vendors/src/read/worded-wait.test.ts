import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestWaitMs } from './wait.js'
import { parseWordedDurationMs, readWordedWaitMs } from './worded-wait.js'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

test.each([
  ['Please try again in 9m38.016s.', 578_016],
  ['Please try again in 644ms. Visit', 644],
  ['Please retry in 53.433770588s.', 53_434],
  ['Please retry after 37 seconds.', 37_000],
  ['please try again after 1 seconds', 1_000],
  ['Please wait 5631 seconds before retrying.', 5_631_000],
  ['Please try again in 20s', 20_000],
  ['try again in 1 minute', minuteMs],
  ['Try again in ~162 min.', 162 * minuteMs],
  ['Try again in 2 hours and 15 minutes.', 2 * hourMs + 15 * minuteMs],
  ['Please try again in about 3 hours.', 3 * hourMs],
  ['Your limit resets in 1 day, 2 hours.', dayMs + 2 * hourMs],
  ['or try again in 2 days 17 hours 14 minutes.', 2 * dayMs + 17 * hourMs + 14 * minuteMs],
  ['Your quota will reset after 2h57m16s.', 2 * hourMs + 57 * minuteMs + 16_000],
  ['Come back in 3h 47m', 3 * hourMs + 47 * minuteMs],
  ['try again in 1 hr 5 min', hourMs + 5 * minuteMs],
  ['retry in approximately 1.5 hours', 1.5 * hourMs],
  ['Wait for at least 90 secs', 90_000],
  ['please wait 5-10 minutes', 10 * minuteMs],
  ['try again in 5 to 10 minutes', 10 * minuteMs],
  ['Try again in an hour', hourMs],
  ['try again in half an hour', hourMs / 2],
  ['available again in two days', 2 * dayMs],
  ['Reset in: 01:30:00', 1.5 * hourMs],
  ['(resets in 12s)', 12_000],
  ['cooldown: 30s', 30_000],
  ['Retrying after 900µs', 1],
  ['Your limits will be refreshed within the next 4 weeks', 28 * dayMs],
  ['try again in 31 m', 31 * minuteMs],
  ['You can make another request in 35 seconds', 35_000],
  ['Next request allowed in 35s', 35_000],
  ['try again in less than 2 minutes', 2 * minuteMs],
  ['You are being rate limited for 30 seconds', 30_000],
  ['Your account was blocked for 24 hours', dayMs],
  ['30 seconds remaining until reset', 30_000],
  ['Requests limited. 12 seconds until next request.', 12_000],
  ['Please reduce your rate; backoff 20s', 20_000],
  ['Please try again in 30 second(s).', 30_000],
  ['Please try again in 1,200 seconds.', 1_200_000],
  ['Please wait 1,209,600 seconds.', 14 * dayMs],
  ['retry in 1,200.5 seconds', 1_200_500],
  ['Please retry after 600,000 ms', 600_000],
  ['wait 1,200-1,800 seconds', 1_800_000],
  ['Please retry your requests after 120 seconds.', 120_000],
  ['Please retry the request after 120 seconds', 120_000],
  ['Retry this operation later, in 20 s', 20_000],
  ['Please try your requests again in 20 seconds', 20_000],
  ['Please send it again after 2 minutes', 2 * minuteMs],
  ['try again in 1 day, 05:30:00', dayMs + 5.5 * hourMs],
  ['Retry after 0:05:30.500000', 330_500],
  ['available again in about 00:10:00', 10 * minuteMs],
  ['Try again in 04:59', 299_000],
  ['Try again in 5:30 hours', 5.5 * hourMs],
  ['Try again in 05:30 (HH:MM)', 5.5 * hourMs],
  ['Resets in 05:30:00 (HH:MM:SS)', 5.5 * hourMs],
  ['Try again at 17:30:00', null],
  ['Resets at 17:30', null],
  ['available after 17:30', null],
  ['retry after 17:30:00 UTC', null],
  ['try again after 05:30:00 PM', null],
  ['try again in 00:75:00', null],
  ['limited to 60 seconds of audio', null],
  ['wait for 60 seconds of audio', null],
  ['10 requests per 60 seconds until further notice', null],
  ['wait a moment', null],
  ['Please try again later', null],
  ['retry in 5 tokens', null],
  ['try again in 3 requests', null],
  ['resets every 5 hours', null],
  ['wait for 1,000 seconds of audio', null],
  ['try again with 3 messages', null],
  ['retry after 2000 days', null],
  ['try again in 5 megabytes', null],
])('%j requests a wait of %s ms', (message, waitMs) => expect(readWordedWaitMs(message)).toBe(waitMs))

test.each([
  ['2 hours and 15 minutes', 2 * hourMs + 15 * minuteMs],
  ['6m0s', 6 * minuteMs],
  ['37 seconds', 37_000],
  ['30', null],
  ['soon', null],
  ['5 tokens', null],
])('%j lasts %s ms', (text, lengthMs) => expect(parseWordedDurationMs(text)).toBe(lengthMs))

test('no message makes it throw, take long or return an invalid wait', () => {
  const words = [
    'try again in ',
    'wait ',
    'about ',
    '9',
    '.',
    ',',
    ' ',
    'h',
    'min',
    'and ',
    '-',
    ':',
    'days',
    'a ',
  ]
  const message = fc.oneof(
    fc.string({ maxLength: 4_000 }),
    fc.array(fc.constantFrom(...words), { maxLength: 1_500 }).map(parts => parts.join('').slice(0, 4_000)),
  )
  fc.assert(
    fc.property(message, text => {
      const waitMs = readWordedWaitMs(text)
      expect(
        waitMs === null || (Number.isSafeInteger(waitMs) && waitMs >= 0 && waitMs <= longestWaitMs),
      ).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
