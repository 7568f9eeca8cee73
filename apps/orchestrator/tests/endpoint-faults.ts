import type { ServerResponse } from 'node:http'
import { expect } from 'vitest'
import { type Fixture, type FixtureKey, startFixture } from './fixture.js'
import type { RecordedExchange } from './recorded-exchange.js'
import { type RecordedVendor, type Respond, startRecordedVendor } from './recorded-vendor.js'
import type { TestApi } from './test-api.js'

/** The answer that the exchange has recorded. */
export const answer =
  ({ contentType, answer: body }: RecordedExchange): Respond =>
  (_, response) => {
    response.setHeader('content-type', contentType).end(body)
  }

/** What a key sends in place of an answer, after which the next key is tried. */
export interface Fault {
  readonly name: string
  respond(exchange: RecordedExchange): Respond
}

/** Recognised by the status or the connection, before an endpoint reads the answer. */
const callFaults: readonly Fault[] = [
  { name: 'a dead key', respond: () => status(401, { error: { message: 'Incorrect API key provided' } }) },
  { name: 'no money', respond: () => status(402, { error: { message: 'Insufficient credits' } }) },
  { name: 'a rate limit', respond: () => status(429, { error: { message: 'Rate limit reached' } }) },
  { name: 'a failure', respond: () => status(500, { error: { message: 'oops' } }) },
  {
    name: 'no such model',
    respond: () => status(404, { error: { message: 'The model does not exist', code: 'model_not_found' } }),
  },
  { name: 'a closed connection', respond: () => (_, response) => response.destroy() },
]

/** With status 200: each endpoint recognises them in its own format. */
export const answerFaults: readonly Fault[] = [
  {
    name: 'an error with 200',
    respond: () => status(200, { error: { message: 'overloaded', type: 'server_error' } }),
  },
  {
    name: 'a rate limit with 200',
    respond: () => status(200, { error: { message: 'Rate limit reached', code: 429 } }),
  },
  { name: 'JSON that is not an answer', respond: () => status(200, { hello: 'world' }) },
  {
    name: 'an error by the type of the answer',
    respond: ({ contentType }) => typed(contentType, '{"error":{"message":"x"}}'),
  },
  {
    name: 'a page',
    respond: ({ contentType }) => typed(contentType, '<!DOCTYPE html><html><body>Down</body></html>'),
  },
  { name: 'a page by its type', respond: () => typed('text/html', '<html><body>Down</body></html>') },
  { name: 'nothing', respond: ({ contentType }) => typed(contentType, '') },
  { name: 'a head and no body', respond: exchange => cutOff(exchange, 0) },
]

const faults: readonly Fault[] = [...callFaults, ...answerFaults]

export function status(code: number, body: unknown): Respond {
  return (_, response) => {
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}

function typed(contentType: string, body: string): Respond {
  return (_, response) => {
    response.setHeader('content-type', contentType).end(body)
  }
}

/** The first bytes of the answer, and a closed connection. */
export function cutOff({ contentType, answer: body }: RecordedExchange, bytes: number): Respond {
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

/** Sends the request of an exchange. */
export function ask(
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
export function keyAt({ baseUrl }: RecordedVendor, { vendorEndpoint }: RecordedExchange): FixtureKey {
  return { baseUrl, ...(vendorEndpoint === undefined ? {} : { endpoints: [vendorEndpoint] }) }
}

/** As many keys, `k0` and so on. */
export function keysAt(
  vendor: RecordedVendor,
  exchange: RecordedExchange,
  count: number,
): Readonly<Record<string, FixtureKey>> {
  return Object.fromEntries(Array.from({ length: count }, (_, key) => [`k${key}`, keyAt(vendor, exchange)]))
}

export function expectRead({ read, answer: body, essenceOf }: RecordedExchange, received: ArrayBuffer): void {
  const bytes = Buffer.from(received)
  const expected = read ?? body
  if (bytes.equals(Buffer.from(expected))) return
  expect(essenceOf?.(bytes.toString()) ?? bytes.toString()).toBe(expected)
}

/** Expects of each fault, in a request of its own, that the next key's answer follows it. */
export async function expectNextKeyAfterEach(api: TestApi, exchange: RecordedExchange): Promise<void> {
  await using vendor = await startRecordedVendor(answer(exchange))
  // Some faults keep their key off for a while.
  await using fixture = await startFixture(api, { keys: keysAt(vendor, exchange, faults.length + 1) })
  for (const { name, respond } of faults) {
    vendor.next.push(respond(exchange))
    const calls = vendor.calls.length
    const response = await ask(fixture, exchange)
    expect([name, response.status]).toEqual([name, 200])
    expectRead(exchange, await response.arrayBuffer())
    expect([name, vendor.calls.length - calls]).toEqual([name, 2])
  }
}
