import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestWaitMs, parseDurationMs, parseSecondsMs } from './wait.js'

test.each([
  ['2m59.56s', 179_560],
  ['7.66s', 7_660],
  ['1h2m3.5s', 3_723_500],
  ['120ms', 120],
  ['12ms', 12],
  ['0s', 0],
  ['6m0s', 360_000],
  ['1m26.4s', 86_400],
  ['1h4m48s', 3_888_000],
  ['19m45.394s', 1_185_394],
  ['9m38.016s', 578_016],
  ['50.597142857s', 50_598],
  ['2h57m16.9s', 10_636_900],
  ['2.01s', 2_010],
  ['2.007s', 2_007],
  ['285ms', 285],
  ['1.5ms', 2],
  ['1µs', 1],
  ['1d2h', 93_600_000],
  ['45m', 2_700_000],
  ['PT30S', 30_000],
  ['PT1H30M', 5_400_000],
  ['P1DT2H', 93_600_000],
  ['PT2M59.56S', 179_560],
])('%s is %i ms', (text, expected) => expect(parseDurationMs(text)).toBe(expected))

test.each([
  '',
  'abc',
  '1m x',
  '-5',
  '5',
  '-5s',
  's',
  '1s2m',
  '1m1m',
  '1.5h',
  '5 s',
  '1e3s',
  'Infinitys',
  '400d',
  'P',
  'PT',
  'P1M',
])('%j is not a duration, rather than 0', text => expect(parseDurationMs(text)).toBeNull())

test.each([
  ['2', 2_000],
  ['1.5', 1_500],
  ['299.997', 299_997],
  ['0', 0],
])('%s seconds are %i ms', (text, expected) => expect(parseSecondsMs(text)).toBe(expected))

test.each(['-5', '120junk', '', ' ', '99999999999'])('%j seconds are not a wait', text =>
  expect(parseSecondsMs(text)).toBeNull(),
)

test('a duration in Go’s format is read exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 * 3_600_000 }), durationMs => {
      const hours = Math.floor(durationMs / 3_600_000)
      const minutes = Math.floor(durationMs / 60_000) % 60
      const thousandths = durationMs % 60_000
      const seconds = `${Math.floor(thousandths / 1_000)}.${String(thousandths % 1_000).padStart(3, '0')}`
      expect(parseDurationMs(`${hours}h${minutes}m${seconds}s`)).toBe(durationMs)
    }),
  )
})

test('no text is read as a negative, fractional or implausible wait', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.hmsdu]{0,12}$/))
  fc.assert(
    fc.property(text, written => {
      for (const waitMs of [parseDurationMs(written), parseSecondsMs(written)]) {
        if (waitMs === null) continue
        expect(Number.isSafeInteger(waitMs)).toBe(true)
        expect(waitMs).toBeGreaterThanOrEqual(0)
        expect(waitMs).toBeLessThanOrEqual(longestWaitMs)
      }
    }),
    { numRuns: 2_000 },
  )
})
