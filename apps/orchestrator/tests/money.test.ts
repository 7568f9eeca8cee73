import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFixture } from './fixture.js'
import { startTestApi, type TestApi } from './test-api.js'

const config = 'prices: { "groq/*": { input: $0.50, output: $2, cachedInput: $0.25 } }'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ config })
})
afterAll(() => api[Symbol.asyncDispose]())

const usage = {
  prompt_tokens: 1_000_000,
  completion_tokens: 500_000,
  total_tokens: 1_500_000,
  prompt_tokens_details: { cached_tokens: 400_000 },
}
const answer = (more: object) => ({
  kind: 'answer' as const,
  httpStatus: 200,
  body: { choices: [{ message: { content: 'hello' }, finish_reason: 'stop' }], usage: { ...usage, ...more } },
})

test('a call is priced by the configuration, with a separate price for cached input', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq' } } })
  fixture.vendor.respondWith(() => answer({}))
  await fixture.ask()
  // 600,000 · $0.50 + 400,000 · $0.25 + 500,000 · $2, per million.
  expect(await fixture.ledgerOf('a')).toMatchObject([{ costMicroUsd: 1_400_000, estimated: false }])
})

test('the vendor’s stated cost takes precedence over prices', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'openrouter' } } })
  fixture.vendor.respondWith(() => answer({ cost: 0.0123 }))
  await fixture.ask()
  expect(await fixture.ledgerOf('a')).toMatchObject([{ costMicroUsd: 12_300, estimated: false }])
})

test('a stated cost of 0 counts as stated, streamed or not', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq' } } })
  fixture.vendor.respondWith(() => answer({ cost: 0 }))
  await (await fixture.ask()).text()
  await (await fixture.ask({ stream: true })).text()
  fixture.vendor.respondWith(() => ({
    kind: 'answer',
    httpStatus: 500,
    body: { error: 'x', usage: { ...usage, cost: 0 } },
  }))
  await fixture.ask()
  expect(await fixture.ledgerOf('a')).toMatchObject([
    { costMicroUsd: 0, estimated: false, inputTokenCount: 1_000_000 },
    { costMicroUsd: 0, estimated: false, inputTokenCount: 1_000_000 },
    { costMicroUsd: 0, outcome: 'failed', inputTokenCount: 1_000_000 },
  ])
})

test('a call without a known price is marked, never silently free', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'mistral' } } })
  fixture.vendor.respondWith(() => answer({}))
  await fixture.ask()
  expect(await fixture.ledgerOf('a')).toMatchObject([
    { costMicroUsd: 0, estimated: true, outcome: 'succeeded' },
  ])
})

test('a limit on cost is reserved before the call, and not overspent by concurrent calls', async () => {
  // 1,024 tokens of output at $2 a million and a prompt of 3: 2,050 millionths are held for each.
  const limits = [{ metric: 'cost', window: 'day', max: 20_500 }] as const
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq', limits: [...limits] } } })
  let open: () => void = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  fixture.vendor.respondWith(async () => {
    await opened
    return undefined
  })
  const asking = Array.from({ length: 40 }, () => fixture.ask())
  await fixture.vendor.until(calls => calls.length >= 10)
  const providerName = fixture.nameOf('a')
  const full = await api.client.stats.get.query({ providerName })
  expect(full.limits[0]).toMatchObject({ held: 20_500, remaining: 0 })
  const one = { requestCount: 1, costMicroUsd: 1 }
  const denied = await api.client.quota.reserve.mutate({ providerName, model: fixture.model, ...one })
  expect([denied.decision, fixture.vendor.calls.length]).toEqual(['denied', 10])
  open()
  // Waiting calls are sent with quota released by the ten.
  expect((await Promise.all(asking)).every(({ status }) => status === 200 || status === 429)).toBe(true)
  const { limits: states } = await api.client.stats.get.query({ providerName })
  expect(states[0]?.used).toBeLessThanOrEqual(20_500)
})
