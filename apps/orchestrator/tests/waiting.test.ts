import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestsPerDay, type Scene, setScene } from './scene.js'
import { startTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ config: 'routing: { maxWaitMs: 20000 }' })
})
afterAll(() => api[Symbol.asyncDispose]())

/** A promise, and its key. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

/** Resolves once so many requests wait at the gateway, by its own figures. */
async function untilWaiting({ origin }: Scene, count: number): Promise<void> {
  const waiting = async () =>
    /^quotakeeper_waiting_requests (\d+)$/m.exec(await (await fetch(`${origin}/metrics`)).text())?.[1]
  await expect.poll(waiting).toBe(String(count))
}

test('who waits goes out as soon as a call gives back what it held, the longest waiting first', async () => {
  // One call holds 1,027 tokens and spends some ten: room for one at a time.
  const limits = [{ metric: 'tokens', window: 'day', max: 1_100 }] as const
  await using scene = await setScene(api, { keys: { a: { limits: [...limits] } } })
  const { opened, open } = gate()
  scene.vendor.respondWith(async call => {
    if (call.index === 0) await opened
    return undefined
  })
  const first = scene.ask()
  await scene.vendor.until(calls => calls.length === 1)
  const waiting = []
  for (const name of ['second', 'third', 'fourth']) {
    waiting.push(scene.ask({ user: name }))
    await untilWaiting(scene, waiting.length)
  }
  expect(scene.vendor.calls.length).toBe(1)
  open()
  const answers = await Promise.all([first, ...waiting])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(scene.vendor.calls.map(({ body }) => body['user'])).toEqual([undefined, 'second', 'third', 'fourth'])
})

test('a hold that comes to nothing is given to who waits', async () => {
  await using scene = await setScene(api, {
    keys: { a: { vendor: 'groq', limits: requestsPerDay(1) } },
  })
  const { opened, open } = gate()
  scene.vendor.respondWith(async call => {
    if (call.index > 0) return undefined
    await opened
    // A fault of the request itself, which Groq does not count.
    return {
      kind: 'answer',
      httpStatus: 400,
      body: { error: { message: 'bad', type: 'invalid_request_error' } },
    }
  })
  const first = scene.ask()
  await scene.vendor.until(calls => calls.length === 1)
  const second = scene.ask()
  await untilWaiting(scene, 1)
  open()
  expect([(await first).status, (await second).status]).toEqual([400, 200])
})

test('nobody waits where nothing can come back in time, nor after the client has gone', async () => {
  await using scene = await setScene(api, { keys: { a: { limits: requestsPerDay(1) } } })
  const { opened, open } = gate()
  scene.vendor.respondWith(async () => {
    await opened
    return undefined
  })
  const first = scene.ask()
  await scene.vendor.until(calls => calls.length === 1)
  const client = new AbortController()
  const left = scene.ask({}, { signal: client.signal })
  await untilWaiting(scene, 1)
  client.abort()
  await expect(left).rejects.toThrow()
  await untilWaiting(scene, 0)
  open()
  expect((await first).status).toBe(200)
  expect((await scene.ask()).status).toBe(429)
  expect(scene.vendor.calls.length).toBe(1)
})

test("a vendor's Retry-After is honoured: the key is tried again then, as an attempt of its own", async () => {
  await using scene = await setScene(api, { keys: { a: { vendor: 'mistral' } } })
  scene.vendor.respondWith(call =>
    call.index > 0
      ? undefined
      : {
          kind: 'answer',
          httpStatus: 429,
          headers: { 'retry-after': '1' },
          body: { message: 'Requests rate limit exceeded' },
        },
  )
  const response = await scene.ask()
  expect([response.status, response.headers.get('x-quotakeeper-attempts')]).toEqual([200, '2'])
  const [first, second] = scene.vendor.calls
  expect((second?.startedAtMs ?? 0) - (first?.endedAtMs ?? 0)).toBeGreaterThanOrEqual(900)
  expect((await scene.ledgerOf('a')).map(({ outcome }) => outcome)).toEqual(['refused', 'succeeded'])
})

test('twenty who are told of one return are told to come one after the other, none before it', async () => {
  await using scene = await setScene(api, {
    keys: { a: { limits: requestsPerDay(0) }, b: { vendor: 'mistral' } },
  })
  const returnsAtMs = Date.now() + 45_000
  scene.vendor.respondWith(() => ({
    kind: 'answer',
    httpStatus: 429,
    headers: { 'retry-after': new Date(returnsAtMs).toUTCString() },
    body: { message: 'Rate limit exceeded' },
  }))
  const exact = Math.floor(returnsAtMs / 1_000) * 1_000
  const told = []
  for (let times = 0; times < 20; times++) {
    const { status, headers } = await scene.ask()
    expect([status, headers.get('x-should-retry')]).toEqual([429, null])
    const waitMs = Number(headers.get('retry-after-ms'))
    expect(Number(headers.get('retry-after'))).toBe(Math.ceil(waitMs / 1_000))
    told.push(Date.now() + waitMs)
  }
  expect(Math.min(...told)).toBeGreaterThanOrEqual(exact)
  expect(Math.max(...told) - Math.min(...told)).toBeGreaterThan(1_000)
  expect(Math.max(...told)).toBeLessThan(exact + 60_000)
})

test('calls of other keys do not wake who waits, and who waits in vain is told so at once', async () => {
  await using scene = await setScene(api, {
    keys: { a: { limits: requestsPerDay(1) }, b: {} },
  })
  const { opened, open } = gate()
  scene.vendor.respondWith(async call => {
    if (call.apiKey === 'key-a') await opened
    return undefined
  })
  const ofA = { model: `${scene.nameOf('a')}/${scene.model}` }
  const ofB = { model: `${scene.nameOf('b')}/${scene.model}` }
  const first = scene.ask(ofA)
  await scene.vendor.until(calls => calls.length === 1)
  let hasEnded = false
  const waiting = scene.ask(ofA).finally(() => {
    hasEnded = true
  })
  for (let times = 0; times < 60; times++) expect((await scene.ask(ofB)).status).toBe(200)
  expect(hasEnded).toBe(false)
  open()
  expect([(await first).status, (await waiting).status]).toEqual([200, 429])
})
