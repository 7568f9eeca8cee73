import { groqMinuteSpent, serverError } from '@quotakeeper/test-kit'
import { beforeAll, expect, test } from 'vitest'
import { type Fixture, requestsPerDay, startFixture } from './fixture.js'
import { sharedTestApi, startTestApiProcess, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

function idOf(response: Response): string {
  return response.headers.get('x-quotakeeper-request-id') ?? ''
}

/** Stops the gateway, which sends all traces, and reads the request's trace. */
async function reported(fixture: Fixture, response: Response) {
  await fixture.ledgerOf('a')
  return api.client.requests.get.query({ requestId: idOf(response) })
}

test('the trace of a request served at the second attempt has reasons, provider and usage', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { vendor: 'groq' }, b: { vendor: 'groq' }, c: { limits: requestsPerDay(0) } },
  })
  fixture.vendor.respondWith(call => (call.index === 0 ? groqMinuteSpent() : undefined))
  const response = await fixture.ask({ stream: true })
  await response.text()
  const trace = await reported(fixture, response)
  const served = response.headers.get('x-quotakeeper-provider')
  expect(trace).toMatchObject({
    requestId: idOf(response),
    model: fixture.model,
    outcome: 'answered',
    httpStatus: 200,
    providerName: served,
    isStream: true,
    strategy: 'most-remaining',
    count: 1,
  })
  expect(trace.attempts.map(({ httpStatus, ending }) => [httpStatus, ending])).toEqual([
    [429, 'refused'],
    [200, 'answered'],
  ])
  expect(trace.ledger.map(({ outcome }) => outcome)).toEqual(['refused', 'succeeded'])
  expect(trace.ledger.at(-1)).toMatchObject({ providerName: served, state: 'committed' })
  const { rows } = await api.client.requests.list.query({ model: fixture.model, outcome: 'answered' })
  expect(rows.map(({ requestId }) => requestId)).toEqual([idOf(response)])
})

test('traces of refusals have each key’s reason and return, and equal ones are merged with a count', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { limits: requestsPerDay(1) }, b: { isUnset: true } },
  })
  await fixture.ask()
  const responses = await Promise.all(Array.from({ length: 25 }, () => fixture.ask()))
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([429]))
  const last = responses.at(-1)
  if (last === undefined) throw new Error('there are 25')
  await fixture.ledgerOf('a')
  const { rows } = await api.client.requests.list.query({ model: fixture.model, outcome: 'refused' })
  // The minute may end meanwhile.
  expect(rows.length).toBeLessThanOrEqual(2)
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(25)
  const [row] = rows
  expect(row).toMatchObject({ httpStatus: 429, code: 'quota_exhausted', attempts: [], providerName: '' })
  const ofKey = (key: string) => row?.skipped.find(({ providerName }) => providerName === fixture.nameOf(key))
  expect(ofKey('a')?.reasons).toEqual([
    { code: 'exhausted', limitId: 'requests/day', retryAt: expect.stringMatching(/T00:00:00.000Z$/) },
  ])
  expect(ofKey('b')?.reasons).toEqual([{ code: 'missing', limitId: null, retryAt: null }])
})

test('the trace of a failure has each attempt, and an unknown request is NOT_FOUND', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {} } })
  fixture.vendor.respondWith(() => serverError())
  const response = await fixture.ask()
  expect(await reported(fixture, response)).toMatchObject({
    outcome: 'refused',
    httpStatus: 502,
    code: 'vendor_failed',
    attempts: [
      { ending: expect.stringContaining('HTTP 500') },
      { ending: expect.stringContaining('HTTP 500') },
    ],
  })
  await expect(api.client.requests.get.query({ requestId: 'nothing' })).rejects.toMatchObject({
    data: { code: 'NOT_FOUND' },
  })
})

test('traces contain no prompts, answers or keys', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const response = await fixture.ask({ messages: [{ role: 'user', content: 'my secret wish' }] })
  const text = JSON.stringify(await reported(fixture, response))
  for (const secret of ['secret wish', 'The stand-in answers', 'key-a']) expect(text).not.toContain(secret)
})

test('while the API is down, answers do not wait for their traces', async () => {
  await using own = await startTestApiProcess()
  await using fixture = await startFixture(own, { keys: { a: {} } })
  const response = await fixture.ask()
  await own.process.kill('SIGKILL')
  const refused = await fixture.ask()
  expect([response.status, refused.status]).toEqual([200, 503])
  await own.restart()
  await fixture.ledgerOf('a')
  expect(await own.client.requests.get.query({ requestId: idOf(refused) })).toMatchObject({
    outcome: 'refused',
    code: 'quota_api_unavailable',
  })
})
