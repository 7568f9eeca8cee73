import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, requestsPerDay, startFixture } from './fixture.js'
import { startTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ config: 'routing: { maxWaitMs: 20000 }' })
})
afterAll(() => api[Symbol.asyncDispose]())

/** A promise and its resolver. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

/** Resolves when `count` requests wait at the gateway, by its metrics. */
async function untilWaiting({ origin }: Fixture, count: number): Promise<void> {
  const waiting = async () =>
    /^quotakeeper_waiting_requests (\d+)$/m.exec(await (await fetch(`${origin}/metrics`)).text())?.[1]
  await expect.poll(waiting).toBe(String(count))
}

test('waiting requests are sent as soon as a call releases quota, longest waiting first', async () => {
  // One call holds 1,027 tokens and spends some ten: room for one at a time.
  const limits = [{ metric: 'tokens', window: 'day', max: 1_100 }] as const
  await using fixture = await startFixture(api, { keys: { a: { limits: [...limits] } } })
  const { opened, open } = gate()
  fixture.vendor.respondWith(async call => {
    if (call.index === 0) await opened
    return undefined
  })
  const first = fixture.ask()
  await fixture.vendor.until(calls => calls.length === 1)
  const waiting = []
  for (const name of ['second', 'third', 'fourth']) {
    waiting.push(fixture.ask({ user: name }))
    await untilWaiting(fixture, waiting.length)
  }
  expect(fixture.vendor.calls.length).toBe(1)
  open()
  const answers = await Promise.all([first, ...waiting])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(fixture.vendor.calls.map(({ body }) => body['user'])).toEqual([
    undefined,
    'second',
    'third',
    'fourth',
  ])
})

test('an unused reservation is given to a waiting request', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { vendor: 'groq', limits: requestsPerDay(1) } },
  })
  const { opened, open } = gate()
  fixture.vendor.respondWith(async call => {
    if (call.index > 0) return undefined
    await opened
    // A request error, which Groq does not count.
    return {
      kind: 'answer',
      httpStatus: 400,
      body: { error: { message: 'bad', type: 'invalid_request_error' } },
    }
  })
  const first = fixture.ask()
  await fixture.vendor.until(calls => calls.length === 1)
  const second = fixture.ask()
  await untilWaiting(fixture, 1)
  open()
  expect([(await first).status, (await second).status]).toEqual([400, 200])
})

test('no request waits if no quota can return in time, or after its client disconnected', async () => {
  await using fixture = await startFixture(api, { keys: { a: { limits: requestsPerDay(1) } } })
  const { opened, open } = gate()
  fixture.vendor.respondWith(async () => {
    await opened
    return undefined
  })
  const first = fixture.ask()
  await fixture.vendor.until(calls => calls.length === 1)
  const client = new AbortController()
  const left = fixture.ask({}, { signal: client.signal })
  await untilWaiting(fixture, 1)
  client.abort()
  await expect(left).rejects.toThrow()
  await untilWaiting(fixture, 0)
  open()
  expect((await first).status).toBe(200)
  expect((await fixture.ask()).status).toBe(429)
  expect(fixture.vendor.calls.length).toBe(1)
})

test('a vendor’s Retry-After is honoured: the key is retried then, as a separate attempt', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'mistral' } } })
  fixture.vendor.respondWith(call =>
    call.index > 0
      ? undefined
      : {
          kind: 'answer',
          httpStatus: 429,
          headers: { 'retry-after': '1' },
          body: { message: 'Requests rate limit exceeded' },
        },
  )
  const response = await fixture.ask()
  expect([response.status, response.headers.get('x-quotakeeper-attempts')]).toEqual([200, '2'])
  const [first, second] = fixture.vendor.calls
  expect((second?.startedAtMs ?? 0) - (first?.endedAtMs ?? 0)).toBeGreaterThanOrEqual(900)
  expect((await fixture.ledgerOf('a')).map(({ outcome }) => outcome)).toEqual(['refused', 'succeeded'])
})

test('twenty clients with the same return get staggered instants, none before it', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { limits: requestsPerDay(0) }, b: { vendor: 'mistral' } },
  })
  const returnsAtMs = Date.now() + 45_000
  fixture.vendor.respondWith(() => ({
    kind: 'answer',
    httpStatus: 429,
    headers: { 'retry-after': new Date(returnsAtMs).toUTCString() },
    body: { message: 'Rate limit exceeded' },
  }))
  const exact = Math.floor(returnsAtMs / 1_000) * 1_000
  const reported = []
  for (let times = 0; times < 20; times++) {
    const { status, headers } = await fixture.ask()
    expect([status, headers.get('x-should-retry')]).toEqual([429, null])
    const waitMs = Number(headers.get('retry-after-ms'))
    expect(Number(headers.get('retry-after'))).toBe(Math.ceil(waitMs / 1_000))
    reported.push(Date.now() + waitMs)
  }
  expect(Math.min(...reported)).toBeGreaterThanOrEqual(exact)
  expect(Math.max(...reported) - Math.min(...reported)).toBeGreaterThan(1_000)
  expect(Math.max(...reported)).toBeLessThan(exact + 60_000)
})

test('calls of other keys do not wake a waiting request, and one that cannot succeed ends at once', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { limits: requestsPerDay(1) }, b: {} },
  })
  const { opened, open } = gate()
  fixture.vendor.respondWith(async call => {
    if (call.apiKey === 'key-a') await opened
    return undefined
  })
  const ofA = { model: `${fixture.nameOf('a')}/${fixture.model}` }
  const ofB = { model: `${fixture.nameOf('b')}/${fixture.model}` }
  const first = fixture.ask(ofA)
  await fixture.vendor.until(calls => calls.length === 1)
  let hasEnded = false
  const waiting = fixture.ask(ofA).finally(() => {
    hasEnded = true
  })
  for (let times = 0; times < 60; times++) expect((await fixture.ask(ofB)).status).toBe(200)
  expect(hasEnded).toBe(false)
  open()
  expect([(await first).status, (await waiting).status]).toEqual([200, 429])
})
