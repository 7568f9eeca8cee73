import fc from 'fast-check'
import { expect, test } from 'vitest'
import { costMicroUsd, type Price, PriceList } from './price-list.js'

const price = (pattern: string, reported: Partial<Price> = {}): Price => ({
  pattern,
  inputMicroUsd: 300_000,
  outputMicroUsd: 2_500_000,
  cachedInputMicroUsd: 300_000,
  requestMicroUsd: 0,
  ...reported,
})
const counts = (reported: object): Parameters<typeof costMicroUsd>[1] => ({
  requestCount: 1,
  inputTokenCount: 0,
  outputTokenCount: 0,
  cachedInputTokenCount: 0,
  ...reported,
})

test('the most specific price applies, in any order', () => {
  const patterns = ['*', 'groq/*', 'groq/llama-*', 'groq/llama-3.1-8b-instant', '*/llama-3.1-8b-instant']
  for (const order of [patterns, patterns.toReversed()]) {
    const list = new PriceList(order.map(pattern => price(pattern)))
    const found = (vendor: string, model: string) => list.find(vendor, model)?.pattern
    expect(found('groq', 'llama-3.1-8b-instant')).toBe('groq/llama-3.1-8b-instant')
    expect(found('groq', 'llama-4')).toBe('groq/llama-*')
    expect(found('cerebras', 'llama-3.1-8b-instant')).toBe('*/llama-3.1-8b-instant')
    expect(found('openai', 'gpt')).toBe('*')
  }
  expect(new PriceList([price('groq/*')]).find('openai', 'gpt')).toBeNull()
})

test.each([
  ['a million in, a million out', counts({ inputTokenCount: 1e6, outputTokenCount: 1e6 }), 2_800_000],
  ['one token of each, rounded up once', counts({ inputTokenCount: 1, outputTokenCount: 1 }), 3],
  ['nothing', counts({}), 0],
  ['cached input', counts({ inputTokenCount: 1e6, cachedInputTokenCount: 1e6 }), 75_000],
  ['more cached than there is', counts({ inputTokenCount: 10, cachedInputTokenCount: 1e6 }), 1],
  ['absurdly much', counts({ outputTokenCount: Number.MAX_SAFE_INTEGER }), Number.MAX_SAFE_INTEGER],
])('%s costs what it costs', (_, used, microUsd) => {
  expect(costMicroUsd(price('*', { cachedInputMicroUsd: 75_000 }), used)).toBe(microUsd)
})

test('a cost is never below the sum of its parts, and at most a millionth above', () => {
  const amount = fc.integer({ min: 0, max: 1_000_000 })
  fc.assert(
    fc.property(amount, amount, amount, amount, (input, output, inPrice, outPrice) => {
      const exact = input * inPrice + output * outPrice
      const reported = { inputMicroUsd: inPrice, outputMicroUsd: outPrice, cachedInputMicroUsd: inPrice }
      const cost = costMicroUsd(
        price('*', reported),
        counts({ inputTokenCount: input, outputTokenCount: output }),
      )
      return cost * 1e6 >= exact && (cost - 1) * 1e6 < exact
    }),
  )
})
