import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextBoundaryMs } from './next-boundary.js'

const losAngeles = 'America/Los_Angeles'

test.each([
  ['day', losAngeles, '2026-11-25T23:50:00Z', '2026-11-26T08:00:00Z'],
  ['day', losAngeles, '2026-11-26T00:10:00Z', '2026-11-26T08:00:00Z'],
  ['day', losAngeles, '2026-11-01T12:00:00Z', '2026-11-02T08:00:00Z'],
  ['day', losAngeles, '2026-11-01T07:00:00Z', '2026-11-02T08:00:00Z'],
  ['day', losAngeles, '2027-03-14T12:00:00Z', '2027-03-15T07:00:00Z'],
  ['day', losAngeles, '2027-03-14T08:00:00Z', '2027-03-15T07:00:00Z'],
  ['day', 'UTC', '2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00Z'],
  ['day', 'UTC', '2026-11-26T00:00:00Z', '2026-11-27T00:00:00Z'],
  ['month', 'UTC', '2026-11-25T12:00:00Z', '2026-12-01T00:00:00Z'],
  ['month', 'UTC', '2026-12-31T12:00:00Z', '2027-01-01T00:00:00Z'],
  ['month', losAngeles, '2026-11-01T03:00:00Z', '2026-11-01T07:00:00Z'],
  ['week', 'UTC', '2026-11-28T12:00:00Z', '2026-11-30T00:00:00Z'],
  ['week', 'UTC', '2026-11-29T23:59:59Z', '2026-11-30T00:00:00Z'],
  ['week', 'UTC', '2026-11-30T00:00:00Z', '2026-12-07T00:00:00Z'],
  ['hour', 'UTC', '2026-11-25T12:00:00Z', '2026-11-25T13:00:00Z'],
  ['minute', 'UTC', '2026-11-25T12:00:59.999Z', '2026-11-25T12:01:00Z'],
] as const)('the %s in %s at %s ends at %s', (period, timeZone, now, end) => {
  expect(nextBoundaryMs(period, timeZone, Date.parse(now))).toBe(Date.parse(end))
})

test('a day always ends later than now, and within 25 hours', () => {
  const instant = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) })
  fc.assert(
    fc.property(instant, fc.constantFrom('UTC', losAngeles, 'Europe/Brussels'), (nowMs, timeZone) => {
      const endMs = nextBoundaryMs('day', timeZone, nowMs)
      expect(endMs).toBeGreaterThan(nowMs)
      expect(endMs - nowMs).toBeLessThanOrEqual(25 * 3_600_000)
    }),
  )
})
