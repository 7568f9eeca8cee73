import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { vendorFacts, vendorNames } from '../known-vendors.js'
import { type BundledPrices, bundledPricesOnce } from './bundled-prices.js'
import { bundledTable } from './bundled-table.js'
import { ConfiguredPrices } from './configured-prices.js'
import { priceOf } from './model-prices.js'
import { costMicroUsd, type Price } from './price.js'

const atMs = Date.parse('2026-11-29T12:00:00Z')
const counts = { requestCount: 1, inputTokenCount: 0, outputTokenCount: 0, cachedInputTokenCount: 0 }

function table(): Promise<BundledPrices> {
  return bundledPricesOnce(error => {
    throw error
  })()
}

function known(price: Price | null): Price {
  if (price === null) throw new Error('no price')
  return price
}

test('the named version of the table is the installed one', () => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../node_modules/@pydantic/genai-prices/package.json', import.meta.url), 'utf8'),
  )
  expect(manifest).toMatchObject({ name: '@pydantic/genai-prices', license: 'MIT' })
  expect(`${bundledTable.table}`).toBe(`@pydantic/genai-prices ${(manifest as { version: string }).version}`)
  expect(bundledTable.date).toMatch(/^20\d\d-\d\d-\d\d$/)
})

test.each([
  ['openai', 'gpt-4o', [2_500_000, 1_250_000, 10_000_000]],
  ['gemini', 'gemini-2.5-flash', [300_000, 30_000, 2_500_000]],
  ['groq', 'llama-3.1-8b-instant', [50_000, 50_000, 80_000]],
  ['openai', 'text-embedding-3-small', [20_000, 20_000, 0]],
  ['openrouter', 'openai/gpt-4o', [2_500_000, 2_500_000, 10_000_000]],
  ['xai', 'grok-4', [3_000_000, 750_000, 15_000_000]],
])('%s/%s has its list price, with the table as its source', async (vendor, model, dollars) => {
  const price = known((await table()).find(vendor, model, atMs))
  expect([price.inputMicroUsd, price.cachedInputMicroUsd, price.outputMicroUsd]).toEqual(dollars)
  expect(price.source).toMatchObject({ kind: 'bundled', ...bundledTable })
})

test('each vendor that names a part of the table is priced by it', async () => {
  const models: Readonly<Record<string, string>> = {
    groq: 'llama-3.1-8b-instant',
    openai: 'gpt-4o',
    gemini: 'gemini-2.5-pro',
    openrouter: 'openai/gpt-4o',
    mistral: 'mistral-small-latest',
    anthropic: 'claude-sonnet-4-5',
    azure: 'gpt-4o',
    together: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
    cohere: 'command-r-08-2024',
    cloudflare: '@cf/meta/llama-3.1-8b-instruct',
    deepseek: 'deepseek-chat',
    xai: 'grok-4',
    cerebras: 'llama3.1-8b',
  }
  const prices = await table()
  for (const vendor of vendorNames) {
    const isListed = vendorFacts(vendor)?.priceTable !== null
    expect([vendor, prices.find(vendor, models[vendor] ?? 'gpt-4o', atMs) !== null]).toEqual([
      vendor,
      isListed,
    ])
  }
})

test('a long prompt is priced by its tier, cached and written input too', async () => {
  const price = known((await table()).find('anthropic', 'claude-sonnet-4-5', atMs))
  const cost = (inputTokenCount: number): number =>
    costMicroUsd(price, {
      requestCount: 1,
      inputTokenCount,
      outputTokenCount: 1_000,
      cachedInputTokenCount: 50_000,
      cacheWriteTokenCount: 50_000,
    })
  expect(cost(200_000)).toBe(100_000 * 3 + 50_000 * 0.3 + 50_000 * 3.75 + 1_000 * 15)
  expect(cost(200_001)).toBe(100_001 * 6 + 50_000 * 0.6 + 50_000 * 7.5 + 1_000 * 22.5)
})

test('prices are those of the day, and of the hour', async () => {
  const prices = await table()
  const inputAt = (model: string, vendor: string, instant: string): number =>
    known(prices.find(vendor, model, Date.parse(instant))).inputMicroUsd
  expect(inputAt('o3', 'openai', '2025-06-09T23:00:00Z')).toBe(10_000_000)
  expect(inputAt('o3', 'openai', '2025-06-10T01:00:00Z')).toBe(2_000_000)
  expect(inputAt('deepseek-chat', 'deepseek', '2026-11-29T12:00:00Z')).not.toBe(
    inputAt('deepseek-chat', 'deepseek', '2026-11-29T20:00:00Z'),
  )
})

test.each([
  ['openai', 'no-such-model'],
  ['custom', 'gpt-4o'],
  ['constructor', 'gpt-4o'],
  ['openai', 'whisper-1'],
  ['openai', 'gpt-audio'],
  ['openai', 'gpt-image-1'],
  ['gemini', 'gemini-2.5-flash-image'],
  ['gemini', 'gemma-4-31b-it'],
])('%s/%s has no price of text', async (vendor, model) => {
  expect((await table()).find(vendor, model, atMs)).toBeNull()
})

test('a table that cannot be read knows no price, and says so once', async () => {
  const faults: unknown[] = []
  const once = bundledPricesOnce(
    fault => faults.push(fault),
    () => Promise.reject(new Error('no table')),
  )
  expect((await once()).find('openai', 'gpt-4o', atMs)).toBeNull()
  await once()
  expect(faults).toEqual([new Error('no table')])
})

test('configured prices win, then free models, then the table; sound has configured prices alone', async () => {
  const bundled = await table()
  const own = { inputMicroUsd: 1, outputMicroUsd: 1, cachedInputMicroUsd: 1, cacheWriteMicroUsd: 1 }
  const configured = new ConfiguredPrices([{ pattern: 'openai/gpt-4o', ...own, requestMicroUsd: 0 }])
  const found = (vendor: string, model: string, isOfText = true) =>
    priceOf({ vendor, model, isOfText, atMs }, { configured, bundled })?.source ?? null
  expect(found('openai', 'gpt-4o')).toEqual({ kind: 'configured', pattern: 'openai/gpt-4o' })
  expect(found('openai', 'gpt-4o', false)).toEqual({ kind: 'configured', pattern: 'openai/gpt-4o' })
  expect(found('openai', 'gpt-4o-mini')).toMatchObject({ kind: 'bundled' })
  expect(found('openai', 'gpt-4o-mini', false)).toBeNull()
  expect(found('openrouter', 'deepseek/deepseek-r1:free')).toEqual({ kind: 'free', pattern: '*:free' })
  expect(found('openrouter', 'openrouter/free')).toEqual({ kind: 'free', pattern: 'openrouter/free' })
  expect(found('openai', 'omni-moderation-latest')).toMatchObject({ kind: 'free' })
  const free = priceOf(
    { vendor: 'openrouter', model: 'm:free', isOfText: true, atMs },
    { configured, bundled },
  )
  expect(costMicroUsd(known(free), { ...counts, inputTokenCount: 1e9, outputTokenCount: 1e9 })).toBe(0)
})
