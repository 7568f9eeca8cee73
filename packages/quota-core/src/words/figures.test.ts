import { expect, test } from 'vitest'
import { dollarText, latencyFigure, percentDigits } from './figures.js'

test('dollars have cents at least, and all digits of a fraction of a cent', () => {
  expect([1_250_000, 81_000, 3, 0, -500_000].map(dollarText)).toEqual([
    ...['$1.25', '$0.081', '$0.000003', '$0.00', '-$0.50'],
  ])
})

test('a share is 100 % only when reached', () => {
  expect([0, 0.5, 0.99949, 0.99999, 1].map(percentDigits)).toEqual(['0', '50', '99.9', '99.9', '100'])
})

test('a latency has as many digits as help', () => {
  expect([12, 849.6, 1_234, 99_940, 139_600, 1_200_400].map(latencyFigure)).toEqual([
    { digits: '12', unit: 'milliseconds' },
    { digits: '850', unit: 'milliseconds' },
    { digits: '1.2', unit: 'seconds' },
    { digits: '99.9', unit: 'seconds' },
    { digits: '140', unit: 'seconds' },
    { digits: '1,200', unit: 'seconds' },
  ])
})
