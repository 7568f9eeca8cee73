import { describe, expect, it, test } from 'vitest'
import {
  isDaily,
  isRolling,
  isWindow,
  lastsAnHour,
  parseRollingMs,
  rollingMs,
  type Window,
  windowMs,
} from './window.js'

describe('rolling windows', () => {
  test.each([
    ['rolling-1s', 1_000],
    ['rolling-60s', 60_000],
    ['rolling-5m', 300_000],
    ['rolling-24h', 86_400_000],
    ['rolling-1d', 86_400_000],
    ['rolling-31d', 2_678_400_000],
  ])('%s lasts %i ms', (text, ms) => expect(parseRollingMs(text)).toBe(ms))

  test.each([
    'rolling-0s',
    'rolling-01s',
    'rolling-1.5h',
    'rolling--1s',
    'rolling-60',
    'rolling-1w',
    'rolling-32d',
    'rolling-9999999d',
    'rolling-1d ',
    'ROLLING-1d',
    'day',
    'week',
    '',
  ])('%j is none', text => expect(parseRollingMs(text)).toBe(null))

  it('of an invalid text have no length', () => {
    expect(() => rollingMs('rolling-0s')).toThrow(RangeError)
  })
})

test.each([
  ['minute', false, false],
  ['hour', true, false],
  ['day', true, true],
  ['week', true, false],
  ['month', true, false],
  ['total', true, false],
  ['rolling-59m', false, false],
  ['rolling-60m', true, false],
  ['rolling-24h', true, true],
  ['rolling-1d', true, true],
  ['rolling-2d', true, false],
] as const)('%s: an hour or longer %s, daily %s', (window, long, daily) => {
  expect([isWindow(window), lastsAnHour(window), isDaily(window)]).toEqual([true, long, daily])
  expect(isRolling(window as Window)).toBe(window.startsWith('rolling'))
})

test('windows have a length, except months and the total', () => {
  const windows: readonly Window[] = ['minute', 'hour', 'day', 'week', 'rolling-60s', 'rolling-1d']
  expect(windows.map(windowMs)).toEqual([60_000, 3_600_000, 86_400_000, 604_800_000, 60_000, 86_400_000])
  expect([windowMs('month'), windowMs('total')]).toEqual([null, null])
})
