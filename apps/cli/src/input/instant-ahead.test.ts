import { expect, test } from 'vitest'
import { instantAhead } from './instant-ahead.js'

const nowMs = Date.UTC(2026, 10, 29, 12)

test.each([
  ['90m', '2026-11-29T13:30:00.000Z'],
  ['6h', '2026-11-29T18:00:00.000Z'],
  ['3d', '2026-12-02T12:00:00.000Z'],
  ['2026-11-30T18:00Z', '2026-11-30T18:00:00.000Z'],
  ['2026-11-30T18:00:30+01:00', '2026-11-30T17:00:30.000Z'],
])('%s is %s', (text, instant) => expect(instantAhead(text, nowMs)).toBe(instant))

test.each([
  ...['', '18:00', '0h', '6', '6w', 'tomorrow', '2026-11-30', '2026-11-30T18:00', '2026-13-30T18:00Z'],
  ...['2027-02-30T00:00Z', '2027-02-29T00:00:00Z', '2027-04-31T10:00+02:00', '2026-11-30T24:00Z'],
])('%j is refused', text => expect(() => instantAhead(text, nowMs)).toThrow(/is no instant/))
