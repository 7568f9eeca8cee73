import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readProse } from './read-prose.js'

test.each([
  ['on requests per day (RPD)', 'day', 'requests'],
  ['on tokens per min (TPM)', 'minute', 'tokens'],
  ['on seconds of audio per hour (ASH)', 'hour', 'audioSeconds'],
  ['1.5 queries per second', 'second', 'requests'],
  ['Limit: 3 / min.', 'minute', null],
  ['limited to 1000 API calls / month', 'month', 'requests'],
  ['Tokens per day limit exceeded', 'day', 'tokens'],
  ['Rate limit of 50 per 86400s exceeded for UserByModelByDay', 'day', 'requests'],
  ['Rate limit of 2 per 0s exceeded', null, null],
  ['30,000 input tokens per minute', 'minute', 'inputTokens'],
  ['8,000 output tokens per minute', 'minute', 'outputTokens'],
  ['Rate limit exceeded: 5 per 1 minute', 'minute', null],
  ['100 per 1 day', 'day', null],
  ['3 requests per 5 minutes', null, 'requests'],
  ['exceeded 1000 requests per 24 hours', 'day', 'requests'],
  ['resets over a rolling 24-hour window', 'day', null],
  ['5-hour limit reached', null, null],
  ['Quota exceeded for generate_content_requests_per_minute_per_project', 'minute', null],
  ['you can only make 50 requests every day', 'day', null],
  ['exceeds QPM limit', 'minute', 'requests'],
  ['Crossed TPM / RPM / Max Parallel Request Limit', null, 'requests'],
  ['please try again tomorrow', 'day', null],
  ['Upgrade to Dev Tier today', null, null],
  ['slow down', null, null],
])('%j is about the %s and %s', (message, period, metric) => {
  expect(readProse(message)).toMatchObject({ period, metric })
})

test('numbers are read with separators and tildes, and never partially', () => {
  expect(readProse('rate limit of 1,000,000 input tokens').limit).toBe(1_000_000)
  expect(readProse('Limit 7000, Used 0, Requested ~12903.')).toMatchObject({
    limit: 7_000,
    used: 0,
    requested: 12_903,
  })
  expect(readProse('Limit: 10000.000000 / min. Current: 10020.000000 / min.')).toMatchObject({
    limit: 10_000,
    used: 10_020,
  })
  expect(readProse('Limit 99999999999999999999').limit).toBeNull()
})

test('no message makes it throw, take long or return an invalid number', () => {
  const words = fc.constantFrom(
    'Limit ',
    'Used ',
    'Requested ',
    'per ',
    'day',
    'retry in ',
    '9',
    '.',
    ',',
    's',
    ' ',
  )
  const message = fc.oneof(
    fc.string({ maxLength: 4_000 }),
    fc.array(words, { maxLength: 500 }).map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(message, text => {
      const before = process.cpuUsage()
      const { limit, used, requested } = readProse(text)
      // CPU time, which other programs do not affect.
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
      for (const value of [limit, used, requested]) {
        expect(value === null || (Number.isSafeInteger(value) && value >= 0)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})
