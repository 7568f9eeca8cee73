import { groqMinuteSpent } from '@quotakeeper/test-kit'
import { beforeAll, expect, test } from 'vitest'
import { type Fixture, requestsPerDay, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

/** A bucket's middle is at most so much below what is in it. */
const leastOf = (ms: number): number => ms / 1.091

/** Stops the gateway, which sends all figures, and reads those of the fixture's model. */
async function figuresOf(fixture: Fixture, by: 'provider' | 'model' | 'consumer') {
  await fixture.ledgerOf('a')
  const { rows } = await api.client.performance.get.query({ by, model: fixture.model })
  return rows
}

test('a key that refused and the key that answered count for themselves, with the time to the first token', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { vendor: 'groq', priority: 1 }, b: { vendor: 'groq', priority: 2 } },
  })
  const refusals = new Set<string | null>()
  fixture.vendor.respondWith(call => {
    if (refusals.size === 0) {
      refusals.add(call.apiKey)
      return groqMinuteSpent()
    }
    return { kind: 'complete', text: 'one two three four', delayMs: 300, chunkDelayMs: 100 }
  })
  const response = await fixture.ask({ stream: true }, { headers: { 'x-quotakeeper-consumer': 'acme' } })
  await response.text()
  const rows = await figuresOf(fixture, 'provider')
  const refused = rows.find(row => row.refusedCount > 0)
  const answered = rows.find(row => row.answeredCount > 0)
  expect(rows.map(({ name }) => name).toSorted()).toEqual([fixture.nameOf('a'), fixture.nameOf('b')])
  expect(refused).toMatchObject({ callCount: 1, refusedCount: 1, successShare: 0, duration: null })
  expect(answered).toMatchObject({ callCount: 1, answeredCount: 1, successShare: 1 })
  const firstTokenMs = answered?.firstToken?.p50Ms ?? 0
  const durationMs = answered?.duration?.p50Ms ?? 0
  expect(firstTokenMs).toBeGreaterThanOrEqual(leastOf(300))
  // Several chunks come after the first content, 100 ms apart.
  expect(durationMs).toBeGreaterThanOrEqual(leastOf(600))
  expect(durationMs).toBeGreaterThan(firstTokenMs)
  expect(await figuresOf(fixture, 'consumer')).toMatchObject([{ name: 'acme', callCount: 2 }])
})

test('broken streams, clients that leave and faults of a request are counted by how they ended', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(({ index }) => {
    if (index === 0) return { kind: 'complete', text: 'one two three', cutAfterChunks: 1 }
    if (index === 1) return { kind: 'answer', httpStatus: 400, body: { error: { message: 'bad' } } }
    return { kind: 'complete', text: 'word '.repeat(500), chunkDelayMs: 20 }
  })
  await (await fixture.ask({ stream: true })).text()
  expect((await fixture.ask()).status).toBe(400)
  const client = new AbortController()
  const response = await fixture.ask({ stream: true }, { signal: client.signal })
  await response.body?.getReader().read()
  client.abort()
  await fixture.vendor.until(calls => calls[2]?.ending === 'clientLeft')
  expect(await figuresOf(fixture, 'model')).toMatchObject([
    {
      ...{
        name: fixture.model,
        callCount: 3,
        answeredCount: 0,
        failedCount: 1,
        refusedCount: 1,
        abortedCount: 1,
      },
      ...{ successShare: 0, duration: null, firstToken: null },
    },
  ])
})

test('a request that no key has room for counts for no provider, and a whole answer has no first token', async () => {
  await using fixture = await startFixture(api, { keys: { a: { limits: requestsPerDay(1) } } })
  expect((await fixture.ask()).status).toBe(200)
  expect((await fixture.ask()).status).toBe(429)
  expect(await figuresOf(fixture, 'provider')).toMatchObject([
    { name: '', turnedAwayCount: 1, callCount: 0, successShare: null },
    {
      name: fixture.nameOf('a'),
      answeredCount: 1,
      duration: { p50Ms: expect.any(Number) },
      firstToken: null,
    },
  ])
})
