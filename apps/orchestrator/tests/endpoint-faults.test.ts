import { isThorough } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answer,
  answerFaults,
  ask,
  cutOff,
  expectNextKeyAfterEach,
  expectRead,
  keyAt,
  keysAt,
  status,
} from './endpoint-faults.js'
import { errorOf, type Fixture, requestsPerDay, startFixture } from './fixture.js'
import { exchanges } from './recorded-answers.js'
import type { RecordedExchange } from './recorded-exchange.js'
import { type RecordedVendor, startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

async function fixtureAt(
  vendor: RecordedVendor,
  exchange: RecordedExchange,
  environment = {},
): Promise<Fixture> {
  const key = keyAt(vendor, exchange)
  return await startFixture(api, { keys: { a: key, b: key }, environment })
}

/** A spent key and one that answers, for all exchanges with the same endpoint of their vendors. */
interface Pair extends AsyncDisposable {
  readonly vendor: RecordedVendor
  readonly fixture: Fixture
}

const pairs = new Map<string | undefined, Promise<Pair>>()
afterAll(async () => {
  for (const pair of pairs.values()) await (await pair)[Symbol.asyncDispose]()
})

/** The one that was started first: a vendor, keys and a gateway for each exchange took half of this file's time. */
function pairOf(exchange: RecordedExchange): Promise<Pair> {
  const pair = pairs.get(exchange.vendorEndpoint) ?? startPair(exchange)
  pairs.set(exchange.vendorEndpoint, pair)
  return pair
}

async function startPair(exchange: RecordedExchange): Promise<Pair> {
  const vendor = await startRecordedVendor(status(500, { error: { message: 'not asked for' } }))
  const key = keyAt(vendor, exchange)
  const fixture = await startFixture(api, { keys: { a: { ...key, limits: requestsPerDay(0) }, b: key } })
  const end = async (): Promise<void> => {
    await fixture[Symbol.asyncDispose]()
    await vendor[Symbol.asyncDispose]()
  }
  return { vendor, fixture, [Symbol.asyncDispose]: end }
}

/** What is committed to a key, newest first. */
async function committedTo(fixture: Fixture, key: string) {
  const { rows } = await api.client.usage.ledger.query({ providerName: fixture.nameOf(key), pageSize: 1_000 })
  return rows.filter(({ state }) => state === 'committed')
}

describe.each(exchanges.map(exchange => [exchange.endpoint, exchange.form, exchange] as const))(
  '%s, %s',
  (_, __, exchange) => {
    test('one key is spent, the other answers: as it came, counted, and nothing is charged to the first', async () => {
      const { vendor, fixture } = await pairOf(exchange)
      const before = (await committedTo(fixture, 'b')).length
      const calls = vendor.calls.length
      vendor.next.push(answer(exchange))
      const response = await ask(fixture, exchange)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toContain(exchange.contentType)
      expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf('b'))
      expectRead(exchange, await response.arrayBuffer())
      const { paths, keyHeader } = exchange
      const path = paths?.(fixture.model).vendor ?? `/v1/${exchange.vendorEndpoint ?? exchange.endpoint}`
      expect(
        vendor.calls.slice(calls).map(call => [call.path, call.headers[keyHeader ?? 'authorization']]),
      ).toEqual([[path, keyHeader === undefined ? 'Bearer key-b' : 'key-b']])
      await expect.poll(async () => (await committedTo(fixture, 'b')).length).toBe(before + 1)
      const [row] = await committedTo(fixture, 'b')
      expect(row).toMatchObject({ outcome: 'succeeded', ...exchange.charge })
      const { rows } = await api.client.usage.ledger.query({ providerName: fixture.nameOf('a') })
      expect(rows).toEqual([])
    })
  },
)

test('whatever a key sends in place of an answer, the next one is tried', async () => {
  const exchange = exchanges.find(({ endpoint, form }) => endpoint === 'chat/completions' && form === 'whole')
  if (exchange === undefined) throw new Error('whole chat completions are not recorded')
  // The same for every exchange is in fire/endpoint-faults.test.ts: 80 s of a core.
  await expectNextKeyAfterEach(api, exchange)
})

/** One of each way in which an endpoint's answers arrive; translated, from vendors of chat completions. */
const ways = exchanges.filter(
  ({ endpoint, contentType, vendorEndpoint }, slot) =>
    (vendorEndpoint === undefined || ['chat/completions', endpoint].includes(vendorEndpoint)) &&
    exchanges.findIndex(
      other =>
        other.endpoint === endpoint &&
        other.contentType === contentType &&
        other.vendorEndpoint === vendorEndpoint,
    ) === slot,
)

/** In `test` one of each media type, as the endpoint's own and translated. */
const kinds = ways.filter(
  ({ contentType, vendorEndpoint }, slot) =>
    ways.findIndex(
      other =>
        other.contentType === contentType &&
        (other.vendorEndpoint === undefined) === (vendorEndpoint === undefined),
    ) === slot,
)

describe.each(
  (isThorough ? ways : kinds).map(exchange => [exchange.endpoint, exchange.form, exchange] as const),
)('%s, %s, with a fault', (_, __, exchange) => {
  test('answers with status 200 that are none are followed by the next key, in one request', async () => {
    await using vendor = await startRecordedVendor(answer(exchange))
    await using fixture = await startFixture(api, {
      keys: keysAt(vendor, exchange, answerFaults.length + 1),
    })
    vendor.next.push(...answerFaults.map(({ respond }) => respond(exchange)))
    const response = await ask(fixture, exchange)
    const received = await response.arrayBuffer()
    // The last call is the one whose answer was taken for one.
    const lastFault = answerFaults[vendor.calls.length - 1]?.name ?? 'none'
    expect([lastFault, response.status]).toEqual(['none', 200])
    expectRead(exchange, received)
    // A fault of the request goes to the client as it is, without keys, and to no other key.
    const words = 'no such voice for key-k1 or key-k2'
    vendor.next.push(status(400, { error: { message: words, type: 'invalid_request_error' } }))
    const calls = vendor.calls.length
    const refused = await ask(fixture, exchange)
    expect(refused.status).toBe(400)
    expect((await errorOf(refused)).message).toBe('no such voice for [key] or [key]')
    expect(vendor.calls.length - calls).toBe(1)
  })

  test('an answer that is cut off in the middle is no whole answer to the client', async () => {
    await using vendor = await startRecordedVendor(
      cutOff(exchange, Math.floor(Buffer.from(exchange.answer).length / 2)),
    )
    await using fixture = await fixtureAt(vendor, exchange)
    const seen = await ask(fixture, exchange).then(
      async response => ({
        status: response.status,
        text: await response.text().catch(() => 'broken'),
      }),
      () => ({ status: 0, text: 'broken' }),
    )
    const isKnown =
      seen.status !== 200 || seen.text === 'broken' || /"error":\s*\{|"type":"error"/.test(seen.text)
    expect([isKnown, seen]).toEqual([true, seen])
    const rows = [...(await fixture.ledgerOf('a')), ...(await fixture.ledgerOf('b'))]
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every(({ outcome }) => outcome === 'failed')).toBe(true)
  })

  test('a vendor that is silent is given up in time', async () => {
    await using vendor = await startRecordedVendor(() => undefined)
    await using fixture = await fixtureAt(vendor, exchange, { QUOTA_VENDOR_TIMEOUT_SECONDS: '1' })
    const response = await ask(fixture, exchange)
    expect([424, 502, 504]).toContain(response.status)
    // Anthropic's shape has no code.
    const usual = exchange.endpoint === 'messages' ? { type: 'api_error' } : { code: 'vendor_failed' }
    expect(await errorOf(response)).toMatchObject(exchange.failure ?? usual)
  })

  test('a client that hangs up ends the call at the vendor', async () => {
    await using vendor = await startRecordedVendor(() => undefined)
    await using fixture = await fixtureAt(vendor, exchange)
    const leaving = new AbortController()
    const asking = ask(fixture, exchange, { signal: leaving.signal }).catch(() => null)
    await expect.poll(() => vendor.calls.length).toBe(1)
    leaving.abort()
    expect(await asking).toBeNull()
    await expect.poll(() => vendor.calls[0]?.hasLeft).toBe(true)
    const rows = [...(await fixture.ledgerOf('a')), ...(await fixture.ledgerOf('b'))]
    expect(rows).toMatchObject([{ outcome: 'aborted' }])
  })
})
