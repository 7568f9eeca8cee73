import { describe, expect, test } from 'vitest'
import { readClock } from '../read/clock.js'
import { headerValues } from './header-values.js'
import { parseResetMs } from './parse-reset.js'
import { quotaHeaders } from './quota-headers.js'
import { readRetryAfterMs } from './retry-after.js'

const names = quotaHeaders('custom')
const receivedAtMs = Date.UTC(2026, 10, 25, 12)
const clockOf = (headers: Readonly<Record<string, string>> = {}) =>
  readClock(headerValues(headers, names), { receivedAtMs })

describe('resets', () => {
  test.each([
    ['2026-11-25T20:00:00Z', 8 * 3_600_000],
    [String(receivedAtMs + 5_000), 5_000],
    [String(receivedAtMs / 1_000 + 5), 5_000],
    ['33011.382867097855', 33_011_383],
    ['2026-11-25T12:00:30.5', 30_500],
    ['55', 55_000],
    ['1m26.4s', 86_400],
    ['0', 0],
  ])('%s, in any form, is %i ms away', (text, expected) =>
    expect(parseResetMs(text, 'any', clockOf())).toBe(expected),
  )

  test('a past instant is now, an implausible one is unknown', () => {
    expect(parseResetMs('1500000000', 'any', clockOf())).toBe(0)
    expect(parseResetMs('4102444800000000', 'any', clockOf())).toBeNull()
    expect(parseResetMs('9102444800', 'any', clockOf())).toBeNull()
  })

  test('a bare number is ignored if a duration is expected', () => {
    expect(parseResetMs('5', 'duration', clockOf())).toBeNull()
    expect(parseResetMs('5', 'timestamp', clockOf())).toBeNull()
  })
})

describe('Retry-After', () => {
  const read = (headers: Readonly<Record<string, string>>) =>
    readRetryAfterMs(headerValues(headers, names), clockOf(headers))

  test.each([
    ['2', 2_000],
    ['1.5', 1_500],
    ['299.997', 299_997],
    ['0', 0],
    ['2s', 2_000],
    ['PT30S', 30_000],
    ['30, 60', 60_000],
    ['30, soon', null],
    ['-5', null],
    ['120junk', null],
    ['', null],
    ['  ', null],
    ['1e9', null],
    ['NaN', null],
  ])('%j is %s ms', (text, expected) => expect(read({ 'Retry-After': text })).toBe(expected))

  test('a date counts from the date of the same response, not from our clock', () => {
    const headers = { date: 'Wed, 25 Nov 2026 12:00:00 GMT', 'retry-after': 'Wed, 25 Nov 2026 12:00:30 GMT' }
    expect(read(headers)).toBe(30_000)
    expect(
      readRetryAfterMs(
        headerValues(headers, names),
        readClock(headerValues(headers, names), { receivedAtMs: 0 }),
      ),
    ).toBe(30_000)
    expect(read({ 'retry-after': 'Wed, 25 Nov 2026 11:00:00 GMT' })).toBe(0)
  })

  test('milliseconds take precedence over seconds, unless they are absurd', () => {
    expect(read({ 'retry-after-ms': '250', 'retry-after': '9' })).toBe(250)
    expect(read({ 'retry-after-ms': '1500' })).toBe(1_500)
    expect(read({ 'retry-after-ms': '-1', 'retry-after': '9' })).toBe(9_000)
  })
})

describe('the vendor’s clock', () => {
  const at = (date: string, sentAtMs?: number) =>
    readClock(headerValues({ date }, names), { sentAtMs, receivedAtMs }).vendorMs

  test('equals ours if both agree to whole seconds', () => {
    expect(at('Wed, 25 Nov 2026 12:00:00 GMT')).toBe(receivedAtMs)
    expect(at('Wed, 25 Nov 2026 11:59:40 GMT', receivedAtMs - 20_500)).toBe(receivedAtMs)
    expect(at('nonsense')).toBe(receivedAtMs)
  })

  test('is used if it differs from ours', () => {
    expect(at('Wed, 25 Nov 2026 11:55:00 GMT')).toBe(receivedAtMs - 300_000)
    expect(at('Wed, 25 Nov 2026 12:05:00 GMT', receivedAtMs - 20_500)).toBe(receivedAtMs + 300_000)
  })
})
