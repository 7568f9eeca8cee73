import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.js'

const nowMs = Date.parse('2026-11-25T12:00:00Z')

test.each([
  ['2', 2_000],
  ['1.5', 1_500],
  ['299.997', 299_997],
  ['0', 0],
  ['Wed, 25 Nov 2026 12:00:30 GMT', 30_000],
  ['Wed, 25 Nov 2026 11:00:00 GMT', 0],
  ['-5', null],
  ['120junk', null],
  ['', null],
  ['Infinity', null],
  ['99999999', null],
])('"%s" is a wait of %s ms', (header, ms) => {
  expect(retryAfterMs(header, nowMs)).toBe(ms)
})

test('no header is no hint', () => {
  expect(retryAfterMs(undefined, nowMs)).toBeNull()
})
