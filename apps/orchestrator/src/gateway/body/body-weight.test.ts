import { expect, test } from 'vitest'
import { bodyWeight } from './body-weight.js'

const mib = 1_048_576
const weight = (text: string): number => bodyWeight(Buffer.from(text))

test('a long text weighs its copies, whatever it contains', () => {
  const text = JSON.stringify({ content: '[{,"\\'.repeat(mib / 8) })
  expect(weight(text)).toBe(4 * text.length + 64 * 2)
})

test.each([
  [`${'x'.repeat(mib)}é`, 4],
  [`${'x'.repeat(mib)}€`, 7],
  ['é'.repeat(mib), 2.5],
  ['日'.repeat(mib), 3],
  ['😀'.repeat(mib), 4],
])('a text weighs what the engine needs for it, and its bytes (%#)', (content, factor) => {
  const text = JSON.stringify({ content })
  expect(weight(text) / Buffer.byteLength(text)).toBeCloseTo(factor, 2)
})

test.each([['['], ['{},'], ['"",'], ['0,']])('a body of %s weighs what its values do', piece => {
  const pieces = Math.floor(mib / piece.length)
  expect(weight(piece.repeat(pieces))).toBeGreaterThanOrEqual(pieces * 64)
})

test('a body that ends within a string or an escape is weighed completely', () => {
  for (const end of ['"', '"x', '"x\\', '"x\\"'])
    expect(weight('x'.repeat(mib) + end)).toBeGreaterThan(4 * mib)
})
