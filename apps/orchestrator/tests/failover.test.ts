import {
  creditsSpent,
  freePort,
  groqDaySpent,
  groqTooLarge,
  insufficientQuota,
  invalidApiKey,
  modelNotFound,
  type PlainAnswer,
  serverError,
} from '@quotakeeper/test-kit'
import { beforeAll, expect, test } from 'vitest'
import { expectWait } from './expect-wait.js'
import { errorOf, requestsPerDay, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

const refusals: readonly (readonly [string, PlainAnswer])[] = [
  ['429', groqDaySpent()],
  ['429 of billing', insufficientQuota()],
  ['401', invalidApiKey()],
  ['402', creditsSpent()],
  ['403', { kind: 'answer', httpStatus: 403, body: { error: { message: 'forbidden' } } }],
  ['413', groqTooLarge({ model: 'm', metric: 'tokens', window: 'minute', limit: 6_000, requested: 6_294 })],
  ['500', serverError()],
  ['503', { kind: 'answer', httpStatus: 503, body: 'overloaded' }],
]

for (const [name, refusal] of refusals) {
  test(`a key that its vendor refuses with ${name} is followed by the next`, async () => {
    await using fixture = await startFixture(api, { keys: { a: {}, b: {} } })
    fixture.vendor.respondWith(call => (call.index === 0 ? refusal : undefined))
    const response = await fixture.ask()
    expect(response.status).toBe(200)
    expect(response.headers.get('x-quotakeeper-attempts')).toBe('2')
    const keys = fixture.vendor.calls.map(call => call.apiKey)
    expect(keys.toSorted()).toEqual(['key-a', 'key-b'])
    const answeredBy = keys[1] === 'key-a' ? 'a' : 'b'
    expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf(answeredBy))
  })
}

test('after a broken connection and an unreachable vendor the next key is tried', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}/v1`
  await using fixture = await startFixture(api, { keys: { gone: { baseUrl: nobody }, cut: {}, good: {} } })
  fixture.vendor.respondWith(call => (call.apiKey === 'key-cut' ? { kind: 'cut' } : undefined))
  const responses = await Promise.all(Array.from({ length: 6 }, () => fixture.ask()))
  expect(responses.map(response => response.status)).toEqual([200, 200, 200, 200, 200, 200])
  const [released] = await fixture.ledgerOf('gone')
  expect(released).toMatchObject({ state: 'released', requestCount: 0 })
})

test('if every vendor fails, the error lists the reason of every key', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {}, c: { limits: requestsPerDay(0) } } })
  fixture.vendor.respondWith(call => (call.apiKey === 'key-a' ? serverError() : { kind: 'cut' }))
  const response = await fixture.ask()
  expect(response.status).toBe(502)
  expect(response.headers.get('x-quotakeeper-attempts')).toBe('2')
  const { message, code } = await errorOf(response)
  expect(code).toBe('vendor_failed')
  expect(message).toContain(`${fixture.nameOf('a')}: the vendor answered HTTP 500`)
  expect(message).toContain(`${fixture.nameOf('b')}: the call to the vendor broke`)
  expect(message).toContain(`${fixture.nameOf('c')}: the call needs 1 request; the limit is 0 a day`)
})

test('if all keys are refused, the earliest stated return is passed on', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {} } })
  const refuse = (seconds: number): PlainAnswer => ({
    ...groqDaySpent(),
    headers: { 'retry-after': String(seconds) },
  })
  fixture.vendor.respondWith(call => refuse(call.apiKey === 'key-a' ? 300 : 20))
  const response = await expectWait(() => fixture.ask(), 20)
  expect(response.status).toBe(429)
  expect(response.headers.get('x-should-retry')).toBeNull()
  expect((await errorOf(response)).message).toContain('refused by the vendor with HTTP 429, back at 20')
})

test('refusals without a return are 503, since they may never end', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {} }, vendor: { apiKeys: [] } })
  const response = await fixture.ask()
  expect(response.status).toBe(503)
  expect((await errorOf(response)).message).toContain('refused by the vendor with HTTP 401')
  expect(response.headers.get('retry-after')).toBeNull()
})

test('a request error is passed to the client unchanged, and not retried', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {} } })
  for (const httpStatus of [400, 422]) {
    const body = { error: { message: `bad ${httpStatus}`, type: 'invalid_request_error', extra: [1] } }
    fixture.vendor.respondWith(() => ({ kind: 'answer', httpStatus, body }))
    const response = await fixture.ask()
    expect(response.status).toBe(httpStatus)
    expect(await response.json()).toEqual(body)
    expect(response.headers.get('x-quotakeeper-attempts')).toBe('1')
  }
  expect(fixture.vendor.calls.length).toBe(2)
})

test('a vendor’s error that quotes the key is redacted', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(call => ({
    kind: 'answer',
    httpStatus: 400,
    body: `no such key: ${call.apiKey}`,
  }))
  expect(await (await fixture.ask()).text()).toBe('no such key: [key]')
})

test('after an unknown model the next key is tried, and the first is not called for it again', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: { limits: requestsPerDay(100) } } })
  // b has less left, so a is called first.
  await api.client.usage.record.mutate({ providerName: fixture.nameOf('b'), requestCount: 50 })
  fixture.vendor.respondWith(call => (call.apiKey === 'key-a' ? modelNotFound(call.model ?? '') : undefined))
  for (const _ of [1, 2, 3, 4]) expect((await fixture.ask()).status).toBe(200)
  expect(fixture.vendor.calls.map(call => call.apiKey)).toEqual(['key-a', 'key-b', 'key-b', 'key-b', 'key-b'])
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'refused', requestCount: 0 }])
})

test('a model that no vendor knows is 404 model_not_found', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {} }, vendor: { models: [] } })
  for (const calls of [2, 2]) {
    const response = await fixture.ask()
    expect(response.status).toBe(404)
    expect(await errorOf(response)).toMatchObject({ code: 'model_not_found', param: 'model' })
    expect(fixture.vendor.calls.length).toBe(calls)
  }
})

test('no request makes more than ten calls, however many keys there are', async () => {
  const keys = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`k${index}`, {}]))
  await using fixture = await startFixture(api, { keys })
  fixture.vendor.respondWith(() => serverError())
  const response = await fixture.ask()
  expect(response.status).toBe(502)
  expect(response.headers.get('x-quotakeeper-attempts')).toBe('10')
  expect(fixture.vendor.calls.length).toBe(10)
})

test('a vendor that does not answer in time is aborted, and the client gets an error', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: {} },
    environment: { QUOTA_VENDOR_TIMEOUT_SECONDS: '1' },
  })
  fixture.vendor.respondWith(() => ({ kind: 'hang' }))
  const response = await fixture.ask()
  expect(response.status).toBe(502)
  expect((await errorOf(response)).message).toContain('no answer in time')
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
  const [row] = await fixture.ledgerOf('a')
  expect(row).toMatchObject({ outcome: 'failed', requestCount: 1, estimated: true })
})

test('a just removed key is skipped', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {} } })
  await api.client.providers.remove.mutate({ name: fixture.nameOf('a') })
  const response = await fixture.ask()
  expect(response.status).toBe(200)
  expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf('b'))
  await api.client.providers.remove.mutate({ name: fixture.nameOf('b') })
  expect((await errorOf(await fixture.ask())).message).not.toContain(fixture.nameOf('b'))
})

test('a key that has failed comes after the others, and is called where no other has room', async () => {
  await using fixture = await startFixture(api, {
    keys: { first: { priority: 1 }, next: { priority: 2, limits: requestsPerDay(2) } },
  })
  fixture.vendor.respondWith(({ index }) => (index === 0 ? serverError() : undefined))
  const served = []
  for (let count = 0; count < 4; count++) {
    const { status, headers } = await fixture.ask()
    served.push([status, headers.get('x-quotakeeper-attempts'), headers.get('x-quotakeeper-provider')])
  }
  const [first, next] = [fixture.nameOf('first'), fixture.nameOf('next')]
  expect(served).toEqual([
    [200, '2', next],
    [200, '1', next],
    [200, '1', first],
    [200, '1', first],
  ])
})
