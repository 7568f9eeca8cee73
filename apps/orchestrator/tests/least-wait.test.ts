import type { PlainAnswer } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFixture } from './fixture.js'
import { startTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ config: 'routing: { strategy: priority, maxWaitMs: 1500 }' })
})
afterAll(() => api[Symbol.asyncDispose]())

const aMinuteAgo = (): string => new Date(Date.now() - 60_000).toUTCString()
const refused = (
  headers: Readonly<Record<string, string>>,
  body: unknown = { error: { message: 'Too many requests' } },
): PlainAnswer => ({ kind: 'answer', httpStatus: 429, headers, body })
const retryInfo = (retryDelay: string) => ({
  error: {
    code: 429,
    message: 'Quota exceeded.',
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }],
  },
})
const spent = (reset: string): PlainAnswer =>
  refused({
    'x-ratelimit-limit-requests': '10',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': reset,
  })

const waits: readonly (readonly [string, () => PlainAnswer])[] = [
  ['Retry-After: 0', () => refused({ 'retry-after': '0' })],
  ['Retry-After: 0.0', () => refused({ 'retry-after': '0.0' })],
  ['Retry-After: -1', () => refused({ 'retry-after': '-1' })],
  ['Retry-After: 0.001', () => refused({ 'retry-after': '0.001' })],
  ['Retry-After of a minute ago', () => refused({ 'retry-after': aMinuteAgo() })],
  ['retry-after-ms: 0', () => refused({ 'retry-after-ms': '0', 'retry-after': '7' })],
  ['retry-after-ms: 1', () => refused({ 'retry-after-ms': '1' })],
  ['no wait', () => refused({})],
  ['a reset of 0s', () => spent('0s')],
  ['a reset that has passed', () => spent(String(Math.floor(Date.now() / 1_000) - 100))],
  ['retryDelay 0s', () => refused({}, retryInfo('0s'))],
  ['resets_in_seconds 0', () => refused({}, { error: { message: 'Limit', resets_in_seconds: 0 } })],
  ['words of 0 s', () => refused({}, { error: { message: 'Rate limit reached. Please try again in 0s.' } })],
]

test.each(waits)(
  'a key that is refused with %s is asked once, and the next key serves',
  async (_, answer) => {
    await using fixture = await startFixture(api, { keys: { a: { priority: 1 }, b: { priority: 2 } } })
    fixture.vendor.respondWith(call => (call.apiKey === 'key-a' ? answer() : undefined))
    const response = await fixture.ask()
    expect([response.status, response.headers.get('x-quotakeeper-attempts')]).toEqual([200, '2'])
    expect(fixture.vendor.calls.map(({ apiKey }) => apiKey)).toEqual(['key-a', 'key-b'])
  },
)

test('a single key refused with a wait of 0 is called again only after a real wait, by any request', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => refused({ 'retry-after': '0' }))
  for (const _ of [1, 2, 3]) {
    const response = await fixture.ask()
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1'])
  }
  const { calls } = fixture.vendor
  const pauses = calls.slice(1).map((call, index) => call.startedAtMs - (calls[index]?.startedAtMs ?? 0))
  expect(pauses.length).toBeGreaterThan(0)
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(950)
})

test('a burst on a key refused with a wait of 0 goes to the other key', async () => {
  await using fixture = await startFixture(api, { keys: { a: { priority: 1 }, b: { priority: 2 } } })
  fixture.vendor.respondWith(call => (call.apiKey === 'key-a' ? refused({ 'retry-after': '0' }) : undefined))
  expect((await fixture.ask()).status).toBe(200)
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await fixture.ask()).status))
  expect(new Set(statuses)).toEqual(new Set([200]))
  // Without a wait, each of them would go to the first key first. On a busy machine some meet the end of its wait.
  const calls = fixture.vendor.calls.filter(({ apiKey }) => apiKey === 'key-a')
  expect(calls.length).toBeLessThanOrEqual(10)
})

test('a request refused for its content does not bar the key for others', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(call =>
    call.index === 0
      ? { kind: 'answer', httpStatus: 403, body: { error: { message: 'flagged by moderation' } } }
      : undefined,
  )
  expect([(await fixture.ask()).status, (await fixture.ask()).status]).toEqual([503, 200])
})
