import { expect, test } from 'vitest'
import { metrics } from '../domain/metric.js'
import { measureWords, metricWord, windowWord } from './measure-words.js'

test.each([
  ['minute', 'a minute'],
  ['hour', 'an hour'],
  ['day', 'a day'],
  ['week', 'a week'],
  ['month', 'a month'],
  ['total', 'in total'],
  ['rolling-60s', 'in 60 s'],
  ['rolling-5m', 'in 5 min'],
  ['rolling-6h', 'in 6 h'],
  ['rolling-1d', 'in 24 h'],
  ['rolling-24h', 'in 24 h'],
  ['rolling-30d', 'in 30 days'],
  // Of a newer release, or unknown.
  ['fortnight', 'fortnight'],
  ['rolling-1w', 'rolling-1w'],
  ['constructor', 'constructor'],
  ['', ''],
])('the window %j is "%s"', (window, word) => expect(windowWord(window)).toBe(word))

test('metrics are put in words, and unknown ones returned unchanged', () => {
  expect(metrics.map(metricWord)).toEqual([
    'requests',
    'characters',
    'tokens',
    'input tokens',
    'output tokens',
    'cost',
    'seconds of audio',
    'calls in flight',
  ])
  expect(['pages', 'toString'].map(metricWord)).toEqual(['pages', 'toString'])
})

test('a limit is described by both', () => {
  expect(measureWords({ metric: 'inputTokens', window: 'month' })).toBe('input tokens a month')
})
