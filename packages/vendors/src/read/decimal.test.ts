import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaleUp } from './decimal.js'

test.each([
  ['2.01', 3, 2010],
  ['2.007', 3, 2007],
  ['50.597142857', 3, 50_598],
  ['0', 3, 0],
  ['0.0000001', 6, 1],
  ['1.4e-7', 6, 1],
  ['1e-5000', 6, 1],
  ['0e9999', 6, 0],
  ['9007199254740991', 0, Number.MAX_SAFE_INTEGER],
])('%s × 10^%s is %s, by its digits', (text, power, expected) => expect(scaleUp(text, power)).toBe(expected))

test.each([
  '',
  ' ',
  '-5',
  '+5',
  '1.',
  '.5',
  '120junk',
  'NaN',
  'Infinity',
  '0x10',
  '1_000',
  '9007199254740992',
  '1e21',
])('%j is not a numeral, or is too large to be exact', text => expect(scaleUp(text, 0)).toBeNull())

test('thousandths are read back exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 12 }), thousandths => {
      const text = `${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, '0')}`
      expect(scaleUp(text, 3)).toBe(thousandths)
    }),
  )
})
