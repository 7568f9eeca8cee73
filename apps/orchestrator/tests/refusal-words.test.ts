import type { PlainAnswer } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectWait } from './expect-wait.js'
import { errorOf, startFixture } from './fixture.js'
import { startTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  // Without the samples, which serve every model.
  api = await startTestApi({ config: 'routing: { maxWaitMs: 0 }' })
})
afterAll(() => api[Symbol.asyncDispose]())

const failing = (httpStatus: number, retryAfter?: string, body: unknown = 'overloaded'): PlainAnswer => ({
  kind: 'answer',
  httpStatus,
  body,
  ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
})

const recoveries: readonly (readonly [string, PlainAnswer, PlainAnswer, number, number])[] = [
  ['two that name a return', failing(503, '30'), failing(503, '7'), 503, 7],
  ['one that names a return', failing(503, '7'), failing(500), 503, 7],
  ['an overload by 529', failing(529, '12'), failing(529, '12'), 503, 12],
  ['a failure beside a refusal that is back sooner', failing(503, '30'), failing(429, '9'), 503, 9],
  ['a return of 0', failing(503, '0'), failing(503, '0'), 503, 1],
]
test.each(recoveries)(
  'if vendors fail, the answer states when they return: %s',
  async (_, a, b, status, seconds) => {
    await using fixture = await startFixture(api, { keys: { a: {}, b: {} } })
    fixture.vendor.respondWith(call => (call.apiKey === 'key-a' ? a : b))
    const response = await expectWait(() => fixture.ask(), seconds)
    expect(response.status).toBe(status)
    expect((await errorOf(response)).code).toBe('vendor_failed')
  },
)

test('if no failed vendor states a return, none is invented', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {} } })
  fixture.vendor.respondWith(call => (call.apiKey === 'key-a' ? failing(503) : failing(429, '3000')))
  const response = await fixture.ask()
  expect([response.status, response.headers.get('retry-after')]).toEqual([502, null])
})

test('a return stated as an instant is passed on as seconds', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => failing(503, new Date(Date.now() + 60_000).toUTCString()))
  const seconds = Number((await fixture.ask()).headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThanOrEqual(60)
})

test('a stream’s refusal also has the vendor’s return', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => failing(503, '7'))
  expect((await expectWait(() => fixture.ask({ stream: true }), 7)).status).toBe(503)
})

test('vendors’ messages are quoted without the key, without controls, and bounded', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {}, c: {} } })
  fixture.vendor.respondWith(call => {
    if (call.apiKey === 'key-a')
      return failing(503, undefined, { error: { message: 'worker is\u0000 down' } })
    if (call.apiKey === 'key-b')
      return failing(403, undefined, { detail: `key ${call.apiKey} has no rights` })
    return failing(500, undefined, 'x'.repeat(5_000))
  })
  const { message } = await errorOf(await fixture.ask())
  expect(message).toContain(`${fixture.nameOf('a')}: the vendor answered HTTP 503 ("worker is down")`)
  expect(message).toContain(
    `${fixture.nameOf('b')}: refused by the vendor with HTTP 403 ("key [key] has no rights")`,
  )
  expect(message).toContain(`the vendor answered HTTP 500 ("${'x'.repeat(300)}…")`)
})

test('the error of an unknown model lists served models, most similar names first', async () => {
  const models = ['llama-3.1-8b-instant', 'llama-3.3-70b-versatile', 'whisper-large-v3', 'qwen-*']
  await using fixture = await startFixture(api, { keys: { a: { models } } })
  const response = await fixture.ask({ model: 'lama-3.1-8b' })
  expect(response.status).toBe(404)
  const { message } = await errorOf(response)
  expect(message).toContain('No provider serves the model "lama-3.1-8b". Served are: llama-3.1-8b-instant, ')
  expect(message.length).toBeLessThan(2_000)
})

test('the error of a timeout names its setting', async () => {
  const environment = { QUOTA_VENDOR_TIMEOUT_SECONDS: '1', QUOTA_STREAM_IDLE_SECONDS: '1' }
  await using fixture = await startFixture(api, { keys: { a: {} }, environment })
  fixture.vendor.respondWith(() => ({ kind: 'hang' }))
  const response = await fixture.ask()
  expect(response.status).toBe(502)
  expect((await errorOf(response)).message).toContain('no answer in time (QUOTA_VENDOR_TIMEOUT_SECONDS)')
  fixture.vendor.respondWith(() => ({ kind: 'complete', chunkDelayMs: 2_500 }))
  expect(await (await fixture.ask({ stream: true })).text()).toContain('QUOTA_STREAM_IDLE_SECONDS')
})
