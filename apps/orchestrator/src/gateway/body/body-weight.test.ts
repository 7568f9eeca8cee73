import { expect, test } from 'vitest'
import { bodyWeight } from './body-weight.js'

const mib = 1_048_576
const weight = (text: string): number => bodyWeight(Buffer.from(text))

test('a long text weighs its copies, whatever stands in it', () => {
  const text = JSON.stringify({ content: '[{,"\\'.repeat(mib / 8) })
  expect(weight(text)).toBe(4 * text.length + 64 * 2)
})

test('a text with a letter beyond ASCII weighs twice as much, but for what leaves', () => {
  const text = JSON.stringify({ content: `${'x'.repeat(mib)}é` })
  expect(weight(text) / Buffer.byteLength(text)).toBeCloseTo(7, 2)
})

test.each([['['], ['{},'], ['"",'], ['0,']])('a body of %s weighs what its values do', piece => {
  const pieces = Math.floor(mib / piece.length)
  expect(weight(piece.repeat(pieces))).toBeGreaterThanOrEqual(pieces * 64)
})

test('a body that ends within a string, or within an escape, is weighed to its end', () => {
  for (const end of ['"', '"x', '"x\\', '"x\\"'])
    expect(weight('x'.repeat(mib) + end)).toBeGreaterThan(4 * mib)
})
