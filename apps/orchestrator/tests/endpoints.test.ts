import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, type Fixture, startFixture, startTestGateway } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
let fixture: Fixture
beforeAll(async () => {
  api = await sharedTestApi()
  fixture = await startFixture(api, { keys: { a: {} } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Sends text as it stands. */
function post(text: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${fixture.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(text)),
  })
}

test.each([
  ['no JSON', '{"model":', 400, 'invalid_json', null],
  ['no object', '[1]', 400, 'invalid_json', null],
  ['no body', '', 400, 'invalid_json', null],
  ['no model', '{"messages":[]}', 400, 'missing_model', 'model'],
  ['a model that is no text', '{"model":7}', 400, 'missing_model', 'model'],
  ['a control character in the model', '{"model":"a\\u0000b"}', 400, 'invalid_model', 'model'],
  ['a lone surrogate in the model', '{"model":"a\\ud83d"}', 400, 'invalid_model', 'model'],
  ['a model of 201 characters', `{"model":"${'m'.repeat(201)}"}`, 400, 'invalid_model', 'model'],
])(
  'a request with %s is refused in the shape of OpenAI, before anything is spent',
  async (_, text, status, code, param) => {
    const calls = fixture.vendor.calls.length
    const response = await post(text)
    expect(response.status).toBe(status)
    expect(await errorOf(response)).toEqual({
      message: expect.any(String),
      type: 'invalid_request_error',
      code,
      param,
    })
    expect(response.headers.get('x-quotakeeper-request-id')).toMatch(uuid)
    expect(fixture.vendor.calls.length).toBe(calls)
  },
)

test('what is not served is 404 in the same shape', async () => {
  for (const [method, path] of [
    ['GET', '/v1/chat/completions'],
    ['POST', '/v1/assistants'],
    ['GET', '/nothing'],
  ] as const) {
    const response = await fetch(`${fixture.origin}${path}`, { method })
    expect([path, response.status]).toEqual([path, 404])
    expect(await errorOf(response)).toMatchObject({ code: 'unknown_url', type: 'invalid_request_error' })
    expect(response.headers.get('x-quotakeeper-request-id')).toMatch(uuid)
  }
})

test('a body that is no JSON by its type is refused, as pages of other sites can send', async () => {
  const response = await post('{"model":"m"}', { 'content-type': 'text/plain' })
  expect(response.status).toBe(415)
  expect(await errorOf(response)).toMatchObject({ code: 'invalid_content_type' })
})

test('a body above the limit is refused', async () => {
  const response = await post(Buffer.alloc(33 * 1_024 * 1_024, 0x20))
  expect(response.status).toBe(413)
  expect(await errorOf(response)).toMatchObject({ code: 'body_too_large' })
})

test('a body that is nested as deeply as it is long is routed like any other', async () => {
  const depth = 200_000
  const tools = '['.repeat(depth) + ']'.repeat(depth)
  const response = await post(`{"model":"${fixture.model}","messages":[],"tools":${tools}}`)
  expect([200, 413]).toContain(response.status)
})

test('the body reaches the vendor as it came, whatever is in it', async () => {
  const text = `{ "seed": 12345678901234567890, "temperature": 1.0, "model" : "${fixture.model}",\n "messages":[{"role":"user","content":[{"type":"text","text":"\\u00e9"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}], "tools":[{"type":"function","function":{"name":"f","parameters":{}}}], "unknown_field":{"__proto__":{"a":1}} }`
  const received = await seenBy(text)
  expect(received).toBe(text)
})

test('a pinned request reaches the vendor with its model alone replaced', async () => {
  const pinned = `${fixture.nameOf('a')}/${fixture.model}`
  const body = (model: string): string =>
    `{"metadata":{"model":"${pinned}"},"seed":12345678901234567890, "model" : "${model}","messages":[{"role":"user","content":"\\"model\\": \\\\"}] ,"top_p":1e0}`
  expect(await seenBy(body(pinned))).toBe(body(fixture.model))
})

/** The bytes that arrive at a vendor for a request. */
async function seenBy(text: string): Promise<string> {
  let received = ''
  const server = createServer((incoming, outgoing) => {
    incoming.setEncoding('utf8')
    incoming.on('data', chunk => {
      received += chunk
    })
    incoming.on('end', () => outgoing.end('{"choices":[{"message":{"content":"ok"}}]}'))
  })
  await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
  await api.client.providers.upsert.mutate({
    name: fixture.nameOf('a'),
    metadata: { apiKeyEnv: 'KEY_A', baseUrl: `http://127.0.0.1:${address.port}` },
  })
  const own = await startTestGateway(api, { KEY_A: 'key-a' })
  const response = await fetch(`${own.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: text,
  })
  expect(response.status).toBe(200)
  await own.stop()
  await new Promise(resolve => server.close(resolve))
  return received
}
