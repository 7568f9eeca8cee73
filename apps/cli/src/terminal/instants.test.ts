import { afterEach, expect, test, vi } from 'vitest'
import { clockIn, localZone } from './instants.js'

const clock = clockIn('Asia/Tokyo', Date.parse('2026-12-30T16:00:00Z'))

test.each([
  ['today', '2026-12-31T14:59:59Z', '23:59'],
  ['the day before, in the same zone', '2026-12-30T14:59:00Z', '12-30 23:59'],
  ['another year, in the same zone', '2026-12-31T15:00:00Z', '2027-01-01 00:00'],
  ['an unknown instant', null, '–'],
])('writes %s as short as unambiguous', (_name, instant, text) => {
  expect(clock.short(instant)).toBe(text)
})

afterEach(() => vi.unstubAllEnvs())

test.each([
  ['', 'UTC'],
  ['Asia/Tokyo', 'Asia/Tokyo'],
])('the zone of a machine with TZ=%s is one that a clock takes', (zone, known) => {
  vi.stubEnv('TZ', zone)
  expect(clockIn(localZone(), Date.parse('2026-12-30T16:00:00Z')).zone).toBe(known)
})
