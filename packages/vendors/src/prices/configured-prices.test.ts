import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ConfiguredPrice, ConfiguredPrices } from './configured-prices.js'
import { costMicroUsd, type PricedCounts } from './price.js'

const priceFor = (pattern: string, reported: Partial<ConfiguredPrice> = {}): ConfiguredPrice => ({
  pattern,
  inputMicroUsd: 300_000,
  outputMicroUsd: 2_500_000,
  cachedInputMicroUsd: 300_000,
  cacheWriteMicroUsd: 300_000,
  requestMicroUsd: 0,
  ...reported,
})
const costOf = (reported: Partial<ConfiguredPrice>, used: PricedCounts): number => {
  const price = new ConfiguredPrices([priceFor('*', reported)]).find('any', 'model')
  return price === null ? -1 : costMicroUsd(price, used)
}
const counts = (reported: object): PricedCounts => ({
  requestCount: 1,
  inputTokenCount: 0,
  outputTokenCount: 0,
  cachedInputTokenCount: 0,
  ...reported,
})

test('the most specific price applies, in any order', () => {
  const patterns = ['*', 'groq/*', 'groq/llama-*', 'groq/llama-3.1-8b-instant', '*/llama-3.1-8b-instant']
  for (const order of [patterns, patterns.toReversed()]) {
    const list = new ConfiguredPrices(order.map(pattern => priceFor(pattern)))
    const found = (vendor: string, model: string) => list.find(vendor, model)?.source
    const configured = (pattern: string) => ({ kind: 'configured', pattern })
    expect(found('groq', 'llama-3.1-8b-instant')).toEqual(configured('groq/llama-3.1-8b-instant'))
    expect(found('groq', 'llama-4')).toEqual(configured('groq/llama-*'))
    expect(found('together', 'llama-3.1-8b-instant')).toEqual(configured('*/llama-3.1-8b-instant'))
    expect(found('openai', 'gpt')).toEqual(configured('*'))
  }
  expect(new ConfiguredPrices([priceFor('groq/*')]).find('openai', 'gpt')).toBeNull()
})

test.each([
  ['a million in, a million out', counts({ inputTokenCount: 1e6, outputTokenCount: 1e6 }), 2_800_000],
  ['one token of each, rounded up once', counts({ inputTokenCount: 1, outputTokenCount: 1 }), 3],
  ['nothing', counts({}), 0],
  ['cached input', counts({ inputTokenCount: 1e6, cachedInputTokenCount: 1e6 }), 75_000],
  ['input written to a cache', counts({ inputTokenCount: 1e6, cacheWriteTokenCount: 4e5 }), 330_000],
  [
    'cached and written, more than there is',
    counts({ inputTokenCount: 1e6, cachedInputTokenCount: 5e5, cacheWriteTokenCount: 1e6 }),
    225_000,
  ],
  ['more cached than there is', counts({ inputTokenCount: 10, cachedInputTokenCount: 1e6 }), 1],
  ['absurdly much', counts({ outputTokenCount: Number.MAX_SAFE_INTEGER }), Number.MAX_SAFE_INTEGER],
])('%s costs what it costs', (_, used, microUsd) => {
  expect(costOf({ cachedInputMicroUsd: 75_000, cacheWriteMicroUsd: 375_000 }, used)).toBe(microUsd)
})

test('a cost is never below the sum of its parts, and at most a millionth above', () => {
  const amount = fc.integer({ min: 0, max: 1_000_000 })
  fc.assert(
    fc.property(amount, amount, amount, amount, (input, output, inPrice, outPrice) => {
      const exact = input * inPrice + output * outPrice
      const reported = { inputMicroUsd: inPrice, outputMicroUsd: outPrice, cachedInputMicroUsd: inPrice }
      const cost = costOf(reported, counts({ inputTokenCount: input, outputTokenCount: output }))
      return cost * 1e6 >= exact && (cost - 1) * 1e6 < exact
    }),
  )
})
