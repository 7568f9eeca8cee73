import OpenAI, { RateLimitError } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFixture } from './fixture.js'
import { startTestApi, type TestApi } from './test-api.js'

const config = `
routing:
  maxWaitMs: 0
  aliases: { cheap: [groq/paid-model, openrouter/some-model:free] }
prices:
  "groq/*": { input: $1, output: $1 }
  "groq/gift-*": { input: $0, output: $0 }
`

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ config })
})
afterAll(() => api[Symbol.asyncDispose]())

const messages = [{ role: 'user' as const, content: 'Say hello.' }]
const usage = { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 }
const answer = {
  kind: 'answer' as const,
  httpStatus: 200,
  body: { choices: [{ message: { content: 'hello' }, finish_reason: 'stop' }], usage },
}

test('an alias falls to its free model when the money is spent, and others are refused', async () => {
  await api.client.pools.upsert.mutate({
    name: 'money',
    limits: [{ metric: 'cost', window: 'month', max: 2_500 }],
  })
  await using fixture = await startFixture(api, {
    keys: {
      paid: { vendor: 'groq', models: ['paid-model', 'gift-model'] },
      free: { vendor: 'openrouter', models: ['some-model:free'] },
    },
  })
  for (const key of ['paid', 'free'])
    await api.client.providers.upsert.mutate({ name: fixture.nameOf(key), pool: 'money' })
  fixture.vendor.respondWith(() => answer)
  const client = new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', maxRetries: 0 })
  const servedBy = async (model: string): Promise<string | null> => {
    const { response } = await client.chat.completions
      .create({ model, messages, max_tokens: 1_000 })
      .withResponse()
    return response.headers.get('x-quotakeeper-provider')
  }
  const spent = async (): Promise<number | undefined> =>
    (await api.client.stats.get.query({ providerName: fixture.nameOf('paid') })).limits[0]?.used
  expect(await servedBy('cheap')).toBe(fixture.nameOf('paid'))
  await expect.poll(spent).toBe(2_000)
  // A second paid call would need 1,003 millionths, or 259 for as little as is worth a call.
  expect(await servedBy('cheap')).toBe(fixture.nameOf('paid'))
  await expect.poll(spent).toBe(4_000)
  expect(await servedBy('cheap')).toBe(fixture.nameOf('free'))
  // A configured price of 0 is free as well.
  expect(await servedBy('groq/gift-model')).toBe(fixture.nameOf('paid'))
  const refused = await servedBy('groq/paid-model').catch((reason: unknown) => reason)
  expect(refused).toBeInstanceOf(RateLimitError)
  expect(refused).toMatchObject({ status: 429, code: 'quota_exhausted' })
  expect(await fixture.ledgerOf('free')).toMatchObject([{ costMicroUsd: 0, estimated: false }])
  expect(await spent()).toBe(4_000)
})

test('each candidate of one name is reserved at its own price', async () => {
  const limits = [{ metric: 'cost', window: 'month', max: 500 }] as const
  await using fixture = await startFixture(api, {
    keys: {
      dear: { vendor: 'groq', models: ['gift-horse', 'any-model'], limits: [...limits], priority: 1 },
      free: { vendor: 'openrouter', models: ['any-model'], priority: 2 },
    },
  })
  fixture.vendor.respondWith(() => answer)
  const client = new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', maxRetries: 0 })
  // The dear one has room for as little as is worth a call, and takes it.
  await client.chat.completions.create({ model: 'any-model', messages, max_tokens: 10 })
  await client.chat.completions.create({ model: 'gift-horse', messages, max_tokens: 100_000 })
  const rows = [...(await fixture.ledgerOf('dear')), ...(await fixture.ledgerOf('free'))]
  expect(rows.length).toBe(2)
  expect(rows.find(({ model }) => model === 'gift-horse')).toMatchObject({ costMicroUsd: 0 })
})
