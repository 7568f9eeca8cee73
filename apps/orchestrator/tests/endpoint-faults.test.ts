import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, type Fixture, type FixtureKey, requestsPerDay, startFixture } from './fixture.js'
import { exchanges } from './recorded-answers.js'
import type { RecordedExchange } from './recorded-exchange.js'
import { type RecordedVendor, type Respond, startRecordedVendor } from './recorded-vendor.js'
import { startTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
})

const answer =
  ({ contentType, answer: body }: RecordedExchange): Respond =>
  (_, response) => {
    response.setHeader('content-type', contentType).end(body)
  }

/** What a key answers first: each is no answer, and the next key has one. */
const faults: readonly (readonly [string, (exchange: RecordedExchange) => Respond])[] = [
  ['a dead key', () => status(401, { error: { message: 'Incorrect API key provided' } })],
  ['no money', () => status(402, { error: { message: 'Insufficient credits' } })],
  ['a rate limit', () => status(429, { error: { message: 'Rate limit reached' } })],
  ['a failure', () => status(500, { error: { message: 'oops' } })],
  [
    'no such model',
    () => status(404, { error: { message: 'The model does not exist', code: 'model_not_found' } }),
  ],
  ['an error with 200', () => status(200, { error: { message: 'overloaded', type: 'server_error' } })],
  ['a rate limit with 200', () => status(200, { error: { message: 'Rate limit reached', code: 429 } })],
  ['JSON that is not an answer', () => status(200, { hello: 'world' })],
  [
    'an error by the type of the answer',
    ({ contentType }) => typed(contentType, '{"error":{"message":"x"}}'),
  ],
  ['a page', ({ contentType }) => typed(contentType, '<!DOCTYPE html><html><body>Down</body></html>')],
  ['a page by its type', () => typed('text/html', '<html><body>Down</body></html>')],
  ['nothing', ({ contentType }) => typed(contentType, '')],
  ['a closed connection', () => (_, response) => response.destroy()],
  ['a head and no body', exchange => cutOff(exchange, 0)],
]

function status(code: number, body: unknown): Respond {
  return (_, response) => {
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}

function typed(contentType: string, body: string): Respond {
  return (_, response) => {
    response.setHeader('content-type', contentType).end(body)
  }
}

function cutOff({ contentType, answer: body }: RecordedExchange, bytes: number): Respond {
  return (_, response: ServerResponse) => {
    const all = Buffer.from(body)
    response.writeHead(200, { 'content-type': contentType, 'content-length': all.length })
    response.flushHeaders()
    const leave = (): void => {
      response.destroy()
    }
    if (bytes === 0) leave()
    else response.write(all.subarray(0, bytes), leave)
  }
}

function ask(
  fixture: Fixture,
  { endpoint, request, paths }: RecordedExchange,
  init: RequestInit = {},
): Promise<Response> {
  const body = request(fixture.model)
  const isForm = body instanceof FormData
  const path = paths?.(fixture.model).client ?? `/v1/${endpoint}`
  return fetch(fixture.origin + path, {
    method: 'POST',
    ...(isForm ? { body } : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...init,
  })
}

/** A key at a vendor, which has no other endpoint than the one that is recorded, where that is another. */
function keyAt({ baseUrl }: RecordedVendor, { vendorEndpoint }: RecordedExchange): FixtureKey {
  return { baseUrl, ...(vendorEndpoint === undefined ? {} : { endpoints: [vendorEndpoint] }) }
}

async function fixtureAt(
  vendor: RecordedVendor,
  exchange: RecordedExchange,
  environment = {},
): Promise<Fixture> {
  const key = keyAt(vendor, exchange)
  return await startFixture(api, { keys: { a: key, b: key }, environment })
}

function expectRead({ read, answer: body, essenceOf }: RecordedExchange, received: Buffer): void {
  const expected = read ?? body
  if (received.equals(Buffer.from(expected))) return
  expect(essenceOf?.(received.toString()) ?? received.toString()).toBe(expected)
}

describe.each(exchanges.map(exchange => [exchange.endpoint, exchange.form, exchange] as const))(
  '%s, %s',
  (_, __, exchange) => {
    test('one key is spent, the other answers: as it came, counted, and nothing is charged to the first', async () => {
      await using vendor = await startRecordedVendor(answer(exchange))
      const key = keyAt(vendor, exchange)
      await using fixture = await startFixture(api, {
        keys: { a: { ...key, limits: requestsPerDay(0) }, b: key },
      })
      const response = await ask(fixture, exchange)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toContain(exchange.contentType)
      expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf('b'))
      expectRead(exchange, Buffer.from(await response.arrayBuffer()))
      const { paths, keyHeader } = exchange
      const path = paths?.(fixture.model).vendor ?? `/v1/${exchange.vendorEndpoint ?? exchange.endpoint}`
      expect(vendor.calls.map(call => [call.path, call.headers[keyHeader ?? 'authorization']])).toEqual([
        [path, keyHeader === undefined ? 'Bearer key-b' : 'key-b'],
      ])
      expect(await fixture.ledgerOf('b')).toMatchObject([{ outcome: 'succeeded', ...exchange.charge }])
      expect(await fixture.ledgerOf('a')).toEqual([])
    })

    test('whatever a key answers in place of an answer, the next one is tried', async () => {
      await using vendor = await startRecordedVendor(answer(exchange))
      // Some faults keep their key off for a while.
      const keys = Object.fromEntries(
        Array.from({ length: faults.length + 1 }, (_, key) => [`k${key}`, keyAt(vendor, exchange)]),
      )
      await using fixture = await startFixture(api, { keys })
      for (const [name, fault] of faults) {
        vendor.next.push(fault(exchange))
        const calls = vendor.calls.length
        const response = await ask(fixture, exchange)
        expect([name, response.status]).toEqual([name, 200])
        expectRead(exchange, Buffer.from(await response.arrayBuffer()))
        expect([name, vendor.calls.length - calls]).toEqual([name, 2])
      }
      // But for a fault of the request, which goes to the client as it is, without keys.
      const words = 'no such voice for key-k1 or key-k2'
      vendor.next.push(status(400, { error: { message: words, type: 'invalid_request_error' } }))
      const calls = vendor.calls.length
      const refused = await ask(fixture, exchange)
      expect(refused.status).toBe(400)
      expect((await errorOf(refused)).message).toBe('no such voice for [key] or [key]')
      expect(vendor.calls.length - calls).toBe(1)
    })
  },
)

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

describe.each(ways.map(exchange => [exchange.endpoint, exchange.form, exchange] as const))(
  '%s, %s, which takes long or ends early',
  (_, __, exchange) => {
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
  },
)
