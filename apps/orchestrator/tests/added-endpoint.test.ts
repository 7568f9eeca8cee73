import { createServer, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Endpoint } from '../src/endpoints/endpoint.js'
import type { EndpointRequest } from '../src/endpoints/endpoint-request.js'
import { servedEndpoints } from '../src/endpoints/served-endpoints.js'
import { type Fixture, type FixtureKey, requestsPerDay, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'
import { rerank, sounds } from './test-endpoints.js'

/** A request as received by the vendor. */
interface Received {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

const sound = Buffer.from([0x52, 0x49, 0x46, 0x46, 0x00, 0xff, 0xfe, 0x80])
const received: Received[] = []
const vendor = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) })
  if (request.url === '/sounds') response.setHeader('content-type', 'audio/wav').end(sound)
  else response.end('{"results":[{"index":0}],"meta":{"search_units":7}}')
})

let api: TestApi
let baseUrl = ''
beforeAll(async () => {
  api = await sharedTestApi()
  await new Promise<void>(resolve => vendor.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = vendor.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
  baseUrl = `http://127.0.0.1:${address.port}`
})
afterAll(async () => {
  await new Promise(resolve => vendor.close(resolve))
})

function fixtureOf(keys: Readonly<Record<string, FixtureKey>>, environment = {}): Promise<Fixture> {
  const placed = Object.entries(keys).map(([name, key]) => [name, { ...key, baseUrl }] as const)
  const endpoints = [...servedEndpoints, rerank, sounds]
  return startFixture(api, { keys: Object.fromEntries(placed), environment, endpoints })
}

function askRerank(fixture: Fixture, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${fixture.origin}/v1/rerank`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: fixture.model, query: 'what?', documents: ['one', 'two'] }),
  })
}

test('an added endpoint is served, reserved, settled by its own count, and traced', async () => {
  await using fixture = await fixtureOf({
    a: { vendor: 'openrouter', limits: requestsPerDay(1) },
    b: { vendor: 'groq' },
  })
  const served = await askRerank(fixture)
  expect(await served.json()).toEqual({ results: [{ index: 0 }], meta: { search_units: 7 } })
  expect(received.at(-1)).toMatchObject({ path: '/v2/rerank', headers: { 'x-rerank-version': '1' } })
  const sentBefore = received.length
  const refused = await askRerank(fixture)
  expect(refused.status).toBe(429)
  expect(await refused.json()).toMatchObject({ type: 'error', error: { type: 'quota_exhausted' } })
  expect(refused.headers.get('x-should-retry')).toBe('false')
  expect(received.length).toBe(sentBefore)
  expect(await fixture.ledgerOf('a')).toMatchObject([
    { requestCount: 1, characterCount: 11, inputTokenCount: 7, outputTokenCount: 0, outcome: 'succeeded' },
  ])
  expect(await fixture.ledgerOf('b')).toEqual([])
  const requestId = refused.headers.get('x-quotakeeper-request-id') ?? ''
  const trace = await api.client.requests.get.query({ requestId })
  expect(trace).toMatchObject({ outcome: 'refused', code: 'quota_exhausted', model: fixture.model })
  const reasons = trace.skipped.map(({ providerName, reasons: [first] }) => [providerName, first?.code])
  expect(reasons).toContainEqual([fixture.nameOf('a'), 'exhausted'])
  expect(reasons).toContainEqual([fixture.nameOf('b'), 'missing'])
})

test('a model served only by vendors without the endpoint is 404 with that reason', async () => {
  await using fixture = await fixtureOf({ a: { vendor: 'groq' } })
  await using others = await fixtureOf({ b: { vendor: 'openrouter' } })
  const pinned = { model: `${fixture.nameOf('a')}/${fixture.model}`, query: '', documents: [] }
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(pinned),
  }
  const sentBefore = received.length
  const response = await fetch(`${fixture.origin}/v1/rerank`, init)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { type: 'endpoint_not_served' } })
  expect(received.length).toBe(sentBefore)
  expect((await askRerank(others)).status).toBe(200)
})

test('an added endpoint reads the token in its own header, and writes errors before routing in its own format', async () => {
  await using fixture = await fixtureOf({ a: {} }, { QUOTA_GATEWAY_TOKEN: 'token-of-clients' })
  expect((await askRerank(fixture, { 'x-api-key': 'token-of-clients' })).status).toBe(200)
  const wrong = await askRerank(fixture, { 'x-api-key': 'another' })
  expect(wrong.status).toBe(401)
  expect(await wrong.json()).toMatchObject({ type: 'error', error: { type: 'invalid_api_key' } })
  const elsewhere = await fixture.ask({}, { headers: { 'x-api-key': 'token-of-clients' } })
  expect(elsewhere.status).toBe(401)
})

test('an added endpoint accepts an unchanged form, and answers bytes', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const form = Buffer.concat([
    Buffer.from(`--x\r\nContent-Disposition: form-data; name="model"\r\n\r\n${fixture.model}\r\n`),
    Buffer.from('--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'),
    sound,
    Buffer.from('\r\n--x--\r\n'),
  ])
  const post = (path: string, contentType: string): Promise<Response> =>
    fetch(fixture.origin + path, { method: 'POST', headers: { 'content-type': contentType }, body: form })
  const type = 'multipart/form-data; boundary=x'
  const response = await post('/v1/sounds', type)
  expect(response.headers.get('content-type')).toBe('audio/wav')
  expect(Buffer.from(await response.arrayBuffer()).equals(sound)).toBe(true)
  expect(received.at(-1)?.body.equals(form)).toBe(true)
  expect(received.at(-1)?.headers['content-type']).toBe(type)
  expect((await post('/v1/sounds', 'application/json')).status).toBe(415)
  expect((await post('/v1/chat/completions', type)).status).toBe(415)
  expect(await fixture.ledgerOf('a')).toMatchObject([{ requestCount: 1, outcome: 'succeeded' }])
})

test('an added endpoint gets the model in its path, and the query, which may be passed on', async () => {
  const generate: Endpoint = {
    ...rerank,
    path: '/v1beta/models/:call',
    readRequest: request => {
      const [model = ''] = request.parameters['call']?.split(':generate') ?? []
      const read = rerank.readRequest({ ...request, parameters: { model } })
      if (!read.ok) return read
      const query = request.query.toString()
      const writeFor: EndpointRequest['writeFor'] = target => ({
        ...read.request.writeFor(target),
        path: `rerank?${query}`,
      })
      return { ok: true, request: { ...read.request, writeFor } }
    },
  }
  const keys = { a: { baseUrl: `${baseUrl}/v1?api-version=1` } }
  await using fixture = await startFixture(api, { keys, endpoints: [...servedEndpoints, generate] })
  const response = await fetch(
    `${fixture.origin}/v1beta/models/${fixture.model}:generate?beta=true&alt=sse`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"what?"}',
    },
  )
  expect(response.status).toBe(200)
  expect(received.at(-1)?.path).toBe('/v1/rerank?api-version=1&beta=true&alt=sse')
  expect(JSON.parse(received.at(-1)?.body.toString() ?? '')).toEqual({ model: fixture.model, query: 'what?' })
})
