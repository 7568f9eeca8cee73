import { isThorough } from '@quotakeeper/test-kit'
import { beforeAll, expect, test } from 'vitest'
import { errorOf, requestsPerDay, startFixture, startTestGateway } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

/** Of a key, for many calls at once. */
const room = isThorough ? 100 : 20

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

test('concurrent calls on a key reach its vendor exactly as often as it has room', async () => {
  await using fixture = await startFixture(api, { keys: { a: { limits: requestsPerDay(room) } } })
  const responses = await Promise.all(Array.from({ length: 4 * room }, () => fixture.ask()))
  const served = responses.filter(response => response.status === 200)
  const refused = responses.filter(response => response.status === 429)
  expect([served.length, refused.length, fixture.vendor.calls.length]).toEqual([room, 3 * room, room])

  for (const response of refused) {
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    const { message, code, type, param } = await errorOf(response)
    expect(message).toContain(`${fixture.nameOf('a')}: requests/day has no room, back at 20`)
    expect({ code, type, param }).toEqual({ code: 'quota_exhausted', type: 'rate_limit_error', param: null })
  }
  const rows = await fixture.ledgerOf('a')
  expect(rows.length).toBe(room)
  expect(rows.every(row => row.state === 'committed' && row.outcome === 'succeeded')).toBe(true)
})

test('two gateways on one API together never exceed the key’s quota at the vendor', async () => {
  await using fixture = await startFixture(api, { keys: { a: { limits: requestsPerDay(room) } } })
  const other = await startTestGateway(api, { KEY_A: 'key-a' })
  const body = JSON.stringify({ model: fixture.model, messages: [{ role: 'user', content: 'Say hello.' }] })
  const askOther = (): Promise<Response> =>
    fetch(`${other.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  const responses = await Promise.all(
    Array.from({ length: 3 * room }, (_, index) => (index % 2 === 0 ? fixture.ask() : askOther())),
  )
  expect(responses.filter(response => response.status === 200).length).toBe(room)
  expect(fixture.vendor.calls.length).toBe(room)
  await other.stop()
})

test('a refusal states when the day resets, and tells clients not to retry until then', async () => {
  await using spent = await startFixture(api, { keys: { a: { limits: requestsPerDay(1) } } })
  await spent.ask()
  const startMs = Date.now()
  const refused = await spent.ask()
  const endMs = Date.now()
  const midnightMs = Math.ceil((startMs + 1) / 86_400_000) * 86_400_000
  const retryAfterSeconds = Number(refused.headers.get('retry-after'))
  expect(refused.status).toBe(429)
  // Whole seconds, of an instant between both.
  expect(retryAfterSeconds).toBeGreaterThan((midnightMs - endMs) / 1_000 - 1)
  expect(retryAfterSeconds).toBeLessThan((midnightMs - startMs) / 1_000 + 1)
  expect(refused.headers.get('x-should-retry')).toBe(retryAfterSeconds > 60 ? 'false' : null)
  expect(refused.headers.get('x-quotakeeper-attempts')).toBeNull()
  expect((await errorOf(refused)).message).toContain(new Date(midnightMs).toISOString())
})

test('a key whose limit in total is spent is 429, and clients get no Retry-After', async () => {
  const limits = [{ metric: 'requests', window: 'total', max: 1 }] as const
  await using spent = await startFixture(api, { keys: { a: { limits: [...limits] } } })
  await spent.ask()
  const refused = await spent.ask()
  expect([refused.status, spent.vendor.calls.length]).toEqual([429, 1])
  expect([refused.headers.get('retry-after'), refused.headers.get('x-should-retry')]).toEqual([null, 'false'])
  const { code, type, message } = await errorOf(refused)
  expect([code, type]).toEqual(['quota_exhausted', 'rate_limit_error'])
  expect(message).toContain(`${spent.nameOf('a')}: requests/total has no room.`)
})

test('as many calls are at the vendor at once as the key’s limit of calls in flight allows', async () => {
  const limits = [{ metric: 'concurrency', max: 2 }] as const
  await using fixture = await startFixture(api, { keys: { a: { limits: [...limits] } } })
  let open = (): void => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  fixture.vendor.respondWith(async () => {
    await opened
    return undefined
  })
  const held = [fixture.ask(), fixture.ask()]
  await fixture.vendor.until(calls => calls.length === 2)
  const refused = await fixture.ask()
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect((await errorOf(refused)).message).toContain('concurrency has no room')
  open()
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200])
  await expect.poll(async () => (await fixture.ask()).status).toBe(200)
})

test('a request too large for every key is 413 with the reason', async () => {
  const limits = [{ metric: 'characters', window: 'day', max: 2_000 }] as const
  await using fixture = await startFixture(api, { keys: { a: { limits } } })
  const response = await fixture.ask({ messages: [{ role: 'user', content: 'x'.repeat(2_001) }] })
  expect(response.status).toBe(413)
  expect(await errorOf(response)).toMatchObject({ code: 'too_large', type: 'invalid_request_error' })
  expect(fixture.vendor.calls).toEqual([])
})

test('the rest of a quota is used: a call is sent with room for its prompt and 256 tokens', async () => {
  const limits = [{ metric: 'characters', window: 'day', max: 10 + 4 * 256 }] as const
  await using fixture = await startFixture(api, { keys: { a: { limits } } })
  const response = await fixture.ask({ max_tokens: 4_096 })
  expect(response.status).toBe(200)
  expect(fixture.vendor.calls[0]?.body['max_tokens']).toBe(4_096)
  const [row] = await fixture.ledgerOf('a')
  expect(row?.reserved).toMatchObject({ characterCount: 10 + 4 * 256, outputTokenCount: 1_024 })
})

test('strict: the granted output limits the vendor’s answer', async () => {
  const limits = [{ metric: 'tokens', window: 'day', max: 1_003 }] as const
  const environment = { QUOTA_RESERVE_STRICT: 'true' }
  await using fixture = await startFixture(api, { keys: { a: { limits } }, environment })
  const response = await fixture.ask({ max_tokens: 4_096 })
  expect(response.status).toBe(200)
  expect(fixture.vendor.calls[0]?.body['max_tokens']).toBe(1_000)
})

test('strict: a stream is limited like a whole answer, and charged within the grant', async () => {
  const limits = [{ metric: 'tokens', window: 'day', max: 1_003 }] as const
  const environment = { QUOTA_RESERVE_STRICT: 'true' }
  await using fixture = await startFixture(api, { keys: { a: { limits } }, environment })
  const response = await fixture.ask({ max_tokens: 4_096, stream: true })
  expect(await response.text()).toContain('[DONE]')
  expect(fixture.vendor.calls[0]?.body['max_tokens']).toBe(1_000)
  const [row] = await fixture.ledgerOf('a')
  expect((row?.inputTokenCount ?? 0) + (row?.outputTokenCount ?? 0)).toBeLessThanOrEqual(1_003)
})

test('usage is summed by the named consumer, and an invalid name is refused before any call', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  for (const consumer of ['team-a', 'team-a', 'team-b'])
    await fixture.ask({}, { headers: { 'x-quotakeeper-consumer': consumer } })
  await fixture.ask()
  const refused = await fixture.ask({}, { headers: { 'x-quotakeeper-consumer': 'x'.repeat(201) } })
  expect([refused.status, (await errorOf(refused)).param]).toEqual([400, 'x-quotakeeper-consumer'])
  expect(fixture.vendor.calls.length).toBe(4)
  expect(fixture.vendor.calls.some(({ headers }) => 'x-quotakeeper-consumer' in headers)).toBe(false)
  const rows = await fixture.ledgerOf('a')
  expect(rows.map(({ consumer }) => consumer)).toEqual(['team-a', 'team-a', 'team-b', null])
})

test('a disabled key is 503, since its return is unknown', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  await api.client.providers.setEnabled.mutate({ name: fixture.nameOf('a'), enabled: false })
  const response = await fixture.ask()
  expect(response.status).toBe(503)
  expect((await errorOf(response)).message).toContain(`${fixture.nameOf('a')}: disabled`)
  expect(response.headers.get('retry-after')).toBeNull()
  expect(fixture.vendor.calls).toEqual([])
})

test('tokens exceed a limit by no more than single calls exceed their reservations', async () => {
  const limits = [{ metric: 'tokens', window: 'day', max: 20_000 }] as const
  await using fixture = await startFixture(api, { keys: { a: { limits: [...limits] } } })
  const spent = { prompt_tokens: 3, completion_tokens: 4_000, total_tokens: 4_003 }
  fixture.vendor.respondWith(() => ({ kind: 'complete', usage: spent, delayMs: 20 }))
  const responses = await Promise.all(Array.from({ length: 2 * room }, () => fixture.ask()))
  const served = responses.filter(({ status }) => status === 200).length
  const rows = await fixture.ledgerOf('a')
  const total = rows.reduce((sum, row) => sum + row.inputTokenCount + row.outputTokenCount, 0)
  expect(rows.length).toBe(served)
  expect(total).toBe(served * 4_003)
  const reserved = rows.reduce(
    (sum, row) => sum + row.reserved.inputTokenCount + row.reserved.outputTokenCount,
    0,
  )
  // So that what goes beyond is only what calls took more than they had reserved.
  expect(reserved).toBeLessThanOrEqual(20_000)
  expect(served * 4_003).toBeGreaterThanOrEqual(20_000 - 4_003)
})
