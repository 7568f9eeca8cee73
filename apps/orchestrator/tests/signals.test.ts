import {
  creditsSpent,
  groqQuotaHeaders,
  groqRateLimited,
  groqTooLarge,
  insufficientQuota,
  invalidApiKey,
} from '@quotakeeper/test-kit'
import { beforeAll, expect, test } from 'vitest'
import { errorOf, requestsPerDay, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

const hit = { model: 'm', limit: 6_000, used: 5_800, requested: 700 } as const
const minute = { ...hit, metric: 'tokens', window: 'minute' } as const

const bars: readonly (readonly [string, string, Parameters<typeof startFixture>[1]['vendor']])[] = [
  ['a minute is spent', 'groq', { respond: () => groqRateLimited(minute) }],
  ['a day is spent', 'groq', { respond: () => groqRateLimited({ ...minute, window: 'day' }) }],
  ['its key is wrong', 'groq', { respond: () => invalidApiKey() }],
  ['there is no money', 'openai', { respond: () => insufficientQuota() }],
  ['the month is spent', 'huggingface', { respond: () => creditsSpent() }],
]

test.each(bars)(
  'a key whose vendor says that %s is not asked again, and no other is barred',
  async (_, vendor, stand) => {
    const limits = requestsPerDay(100)
    await using fixture = await startFixture(api, { keys: { a: { vendor, limits }, b: { vendor, limits } } })
    // Of b less is left, so that a is asked first.
    await api.client.usage.record.mutate({ providerName: fixture.nameOf('b'), requestCount: 50 })
    const refuse = stand?.respond
    fixture.vendor.respondWith(call => (call.apiKey === 'key-a' ? refuse?.(call) : undefined))
    for (let times = 0; times < 5; times++) expect((await fixture.ask()).status).toBe(200)
    await expect
      .poll(
        async () => (await api.client.stats.get.query({ providerName: fixture.nameOf('b') })).requestCount,
      )
      .toBe(55)
    for (let times = 0; times < 5; times++) expect((await fixture.ask()).status).toBe(200)
    expect(fixture.vendor.calls.map(call => call.apiKey)).toEqual(['key-a', ...Array(10).fill('key-b')])
    const stats = await api.client.stats.get.query({ providerName: fixture.nameOf('b') })
    expect(stats).toMatchObject({ available: true })
  },
)

test('a request too large for one key goes to another, and the first stays in use', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq' }, b: { vendor: 'groq' } } })
  fixture.vendor.respondWith(call => (call.index === 0 ? groqTooLarge(minute) : undefined))
  const response = await fixture.ask()
  expect([response.status, response.headers.get('x-quotakeeper-attempts')]).toEqual([200, '2'])
  for (const key of ['a', 'b']) {
    const stats = await api.client.stats.get.query({ providerName: fixture.nameOf(key) })
    expect(stats).toMatchObject({ available: true, inputTokenCount: expect.any(Number) })
  }
})

test('a request too large for every key is 413, and exhausts none', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq' } } })
  // Groq's 429 for a request larger than the limit, whose wait would be useless.
  fixture.vendor.respondWith(() => groqRateLimited({ ...minute, limit: 7_000, used: 0, requested: 12_903 }))
  const response = await fixture.ask()
  expect(response.status).toBe(413)
  expect(await errorOf(response)).toMatchObject({ code: 'too_large' })
  expect((await api.client.stats.get.query({ providerName: fixture.nameOf('a') })).available).toBe(true)
})

test('usage counted beyond ours by a vendor is taken from its headers, streamed or not', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { vendor: 'groq', limits: [{ metric: 'requests', window: 'rolling-1d', max: 100 }] } },
  })
  const counted = { metric: 'requests', window: 'day', limit: 100 } as const
  fixture.vendor.respondWith(call => ({
    kind: 'complete',
    headers: groqQuotaHeaders({ ...counted, used: call.index === 0 ? 40 : 60 }),
  }))
  const used = async (): Promise<number | undefined> =>
    (await api.client.stats.get.query({ providerName: fixture.nameOf('a') })).limits[0]?.used
  await (await fixture.ask()).text()
  await expect.poll(used).toBe(40)
  await (await fixture.ask({ stream: true })).text()
  await expect.poll(used).toBe(60)
})

test('a refusal states its key’s return, also in Retry-After', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq' } } })
  fixture.vendor.respondWith(() => groqRateLimited(minute))
  const response = await fixture.ask()
  expect(response.status).toBe(429)
  // (5,800 + 700 − 6,000) · 60 / 6,000 = 5 s
  expect(response.headers.get('retry-after')).toBe('5')
  expect(response.headers.get('x-should-retry')).toBeNull()
})
