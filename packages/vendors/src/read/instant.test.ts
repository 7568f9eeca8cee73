import { expect, test } from 'vitest'
import { parseHttpDateMs, parseTimestampMs } from './instant.js'

test('an HTTP date is an instant', () => {
  expect(parseHttpDateMs('Wed, 25 Nov 2026 12:00:30 GMT')).toBe(Date.UTC(2026, 10, 25, 12, 0, 30))
})

test.each([
  ['Wednesday, 25-Nov-26 12:05:00 GMT', Date.UTC(2026, 10, 25, 12, 5)],
  ['Sunday, 06-Nov-94 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
  ['Wed, 25-Nov-2026 12:05:00 GMT', Date.UTC(2026, 10, 25, 12, 5)],
  ['Wed Nov 25 12:05:00 2026', Date.UTC(2026, 10, 25, 12, 5)],
  ['Sun Nov  6 08:49:37 1994', Date.UTC(1994, 10, 6, 8, 49, 37)],
])('%j is an HTTP date of an obsolete form', (text, instantMs) => {
  expect(parseHttpDateMs(text)).toBe(instantMs)
})

test('a timestamp keeps its offset', () => {
  expect(parseTimestampMs('2026-08-01T00:00:00+09:00')).toBe(Date.UTC(2026, 6, 31, 15))
  expect(parseTimestampMs('2026-11-25T20:00:00Z')).toBe(Date.UTC(2026, 10, 25, 20))
  expect(parseTimestampMs('2026-11-25T20:00:00.123456789Z')).toBe(Date.UTC(2026, 10, 25, 20, 0, 0, 123))
})

test.each([
  '2026-11-25T12:00:30+0000',
  '2026-11-25T17:30:30+05:30',
  '2026-11-25 12:00:30 UTC',
  '2026-11-25T21:00:30+09',
])('%j is a timestamp as printed by Python and Java', text =>
  expect(parseTimestampMs(text)).toBe(Date.UTC(2026, 10, 25, 12, 0, 30)),
)

test.each([
  'Wed, 25 Nov 2026 12:00:30 -0000',
  'Wed, 25 Nov 2026 13:00:30 +0100',
  'Wed, 25 Nov 2026 12:00:30 UTC',
  'wed, 25 nov 2026 12:00:30 gmt',
])('%j is an HTTP date as printed by Python', text =>
  expect(parseHttpDateMs(text)).toBe(Date.UTC(2026, 10, 25, 12, 0, 30)),
)

test('a day that does not exist is not an instant', () => {
  expect(parseTimestampMs('2026-11-31T00:00:00Z')).toBeNull()
  expect(parseHttpDateMs('Tue, 31 Nov 2026 12:00:00 GMT')).toBeNull()
})

test.each(['-5', '1.5', '120', '', 'Wed', '2026-11-25', '2026-13-45T99:99:99Z', '2026-11-25T20:00:00'])(
  '%j, which Date.parse may read as a year, is not an instant',
  text => {
    expect(parseHttpDateMs(text)).toBeNull()
    expect(parseTimestampMs(text)).toBeNull()
  },
)
