import { expect, it } from 'vitest'
import { microUsdOf } from './dollars.js'

it.each([
  ['$20', 20_000_000],
  ['$0', 0],
  ['$0.10', 100_000],
  ['$0.3', 300_000],
  ['$1.1', 1_100_000],
  // In floating point these two are off by a millionth: 4.35 * 1e6 is 4350000 only by rounding.
  ['$4.35', 4_350_000],
  ['$1.000001', 1_000_001],
  ['$9007199254.740991', Number.MAX_SAFE_INTEGER],
])('dollars are millionths exactly: %s', (text, microUsd) => {
  expect(microUsdOf(text)).toBe(microUsd)
})

it.each(['20', '$', '$-1', '$1.0000001', '$1e3', '$ 1', '$1,000', '$9007199254.740992', '$.5'])(
  'an inexact amount is not valid: %s',
  text => expect(microUsdOf(text)).toBeNull(),
)
