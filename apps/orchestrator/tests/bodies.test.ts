import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, type Fixture, startFixture } from './fixture.js'
import { startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
let fixture: Fixture
beforeAll(async () => {
  api = await sharedTestApi()
  fixture = await startFixture(api, {
    keys: { a: {} },
    environment: { QUOTA_GATEWAY_MAX_BODY_BYTES: '1000000' },
  })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

const bodyOf = (content = 'Say hello.'): string =>
  JSON.stringify({ model: fixture.model, messages: [{ role: 'user', content }] })

function send(body: string | Buffer | ReadableStream, headers: Readonly<Record<string, string>> = {}) {
  return fetch(`${fixture.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    duplex: 'half',
  } as RequestInit)
}

test('a byte order mark before the JSON is skipped, and does not reach the vendor', async () => {
  expect((await send(`\ufeff${bodyOf()}`)).status).toBe(200)
  expect((await send(gzipSync(`\ufeff${bodyOf()}`), { 'content-encoding': 'gzip' })).status).toBe(200)
})

test('a model that is named twice reaches the vendor as one', async () => {
  await using vendor = await startRecordedVendor((_, response) => {
    const choices = [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }]
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ choices }))
  })
  await using own = await startFixture(api, { keys: { a: { baseUrl: vendor.baseUrl } } })
  const ask = (body: string): Promise<Response> =>
    fetch(`${own.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  const rest = `"seed":12345678901234567890,"tools":[{"model":"t"}],"messages":[]`
  for (const name of ['model', 'mod\\u0065l', '\\u006Dodel']) {
    expect((await ask(`{"${name}":"dear",${rest}, "model" : "${own.model}"}`)).status).toBe(200)
    const sent = `{"${name}":"${own.model}",${rest}, "model" : "${own.model}"}`
    expect(vendor.calls.at(-1)?.body.toString()).toBe(sent)
  }
  const once = `{"model":"${own.model}",${rest}, "metadata": {"model": "m", "\\"model\\"": 1}}`
  expect((await ask(once)).status).toBe(200)
  expect(vendor.calls.at(-1)?.body.toString()).toBe(once)
  const before = vendor.calls.length
  for (const name of ['Model', 'MODEL']) {
    const response = await ask(`{"model":"${own.model}",${rest},"${name}":"dear"}`)
    expect([response.status, (await errorOf(response)).code]).toEqual([400, 'invalid_model'])
  }
  expect(vendor.calls).toHaveLength(before)
})

const encodings: readonly (readonly [string, (text: string) => Buffer])[] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZIP', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['identity', Buffer.from],
  ['gzip, identity', gzipSync],
  ['deflate, gzip', text => gzipSync(deflateSync(text))],
]
test.each(encodings)('a body encoded as %s is decoded', async (name, encode) => {
  const response = await send(encode(bodyOf('Ünïcödé')), { 'content-encoding': name })
  expect(response.status).toBe(200)
  expect(fixture.vendor.calls.at(-1)?.body['messages']).toEqual([{ role: 'user', content: 'Ünïcödé' }])
  expect(fixture.vendor.calls.at(-1)?.headers['content-encoding']).toBeUndefined()
})

test.each([
  ['latin1', Buffer.from('caf\u00e9', 'latin1')],
  ['a character that is cut off', Buffer.from('\u00e9').subarray(0, 1)],
])('a body in %s in place of UTF-8 is 400, and reaches no vendor as another text', async (_, bytes) => {
  const [start, end] = bodyOf('|').split('|')
  const before = fixture.vendor.calls.length
  const response = await send(Buffer.concat([Buffer.from(start ?? ''), bytes, Buffer.from(end ?? '')]))
  expect(response.status).toBe(400)
  expect(await errorOf(response)).toMatchObject({
    code: 'invalid_json',
    message: expect.stringContaining('UTF-8'),
  })
  expect(fixture.vendor.calls).toHaveLength(before)
})

test.each(['compress', 'zip', 'gzip, gzip, gzip', 'x'])(
  'a body encoded as %s is 415, which says what is taken',
  async name => {
    const response = await send(gzipSync(bodyOf()), { 'content-encoding': name })
    expect(response.status).toBe(415)
    expect(response.headers.get('accept-encoding')).toContain('gzip, deflate, br')
    expect(await errorOf(response)).toMatchObject({
      code: 'unsupported_content_encoding',
      message: expect.stringContaining('gzip, deflate, br'),
    })
  },
)

test.each([
  ['gzip', Buffer.from('no gzip')],
  ['gzip', gzipSync('{"model":"x"}').subarray(0, 20)],
  ['br', Buffer.from([1, 2, 3])],
  ['deflate', Buffer.from('{"model":"x"}')],
])('a body that is not the %s that it says is 400', async (name, bytes) => {
  const response = await send(bytes, { 'content-encoding': name })
  expect([response.status, (await errorOf(response)).code]).toEqual([400, 'invalid_content_encoding'])
})

/** Twenty times what is taken. */
const bomb = 'x'.repeat(20_000_000)
test.each([
  ['gzip', gzipSync(bomb)],
  ['br', brotliCompressSync(bomb)],
  ['gzip, gzip', gzipSync(gzipSync(bomb))],
])('a bomb of %s is 413', async (name, bytes) => {
  expect(bytes.length).toBeLessThan(1_000_000)
  const response = await send(bytes, { 'content-encoding': name })
  expect([response.status, (await errorOf(response)).code]).toEqual([413, 'body_too_large'])
})

test('a body that is too large is 413 with the limit and its setting, with or without a declared length', async () => {
  const large = bodyOf('x'.repeat(1_000_000))
  const pieces = new ReadableStream({
    start: controller => {
      for (let at = 0; at < large.length; at += 65_536)
        controller.enqueue(Buffer.from(large.slice(at, at + 65_536)))
      controller.close()
    },
  })
  for (const body of [large, pieces]) {
    const response = await send(body)
    expect(response.status).toBe(413)
    expect((await errorOf(response)).message).toMatch(/1000000 bytes.*QUOTA_GATEWAY_MAX_BODY_BYTES/)
  }
  expect((await send(bodyOf('x'.repeat(990_000)))).status).toBe(200)
})

test('OpenAI’s client gets the 413 although it is still sending', async () => {
  const client = new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', maxRetries: 0 })
  const asking = client.chat.completions.create({
    model: fixture.model,
    messages: [{ role: 'user', content: 'x'.repeat(10_000_000) }],
  })
  await expect(asking).rejects.toMatchObject({ status: 413, code: 'body_too_large' })
})

test.each([
  ['declared', 'content-length: 2000000', 'x'.repeat(2_000_000), ''],
  ['in pieces', 'transfer-encoding: chunked', `1e8480\r\n${'x'.repeat(2_000_000)}`, '\r\n0\r\n\r\n'],
])('the connection serves on after a body that was not taken, %s', async (_, length, body, end) => {
  const { port } = new URL(fixture.origin)
  const socket = connect(Number(port), '127.0.0.1')
  let received = ''
  socket.on('data', chunk => {
    received += chunk
  })
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`
  socket.write(`${head}${length}\r\n\r\n${body}`)
  await expect.poll(() => received).toContain('413')
  socket.write(end)
  socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await expect.poll(() => received).toContain('"status":"ok"')
  socket.destroy()
})

test.each([
  ['a refusal', '/v1/chat/completions', 'POST', bodyOf, 404],
  ['an unknown address', '/v1/nothing', 'POST', bodyOf, 404],
  ['no JSON', '/v1/chat/completions', 'POST', () => 'x', 400],
  ['a body that is too large', '/v1/chat/completions', 'POST', () => 'x'.repeat(2_000_000), 413],
  ['an address that cannot be read', '/v1/%zz', 'GET', () => '', 400],
  ['a probe', '/healthz', 'GET', () => '', 200],
] as const)('%s has an x-request-id, the same as our own', async (_, path, method, body, status) => {
  const text = body().replace(
    fixture.model,
    path.endsWith('completions') ? `${fixture.nameOf('a')}/none` : '',
  )
  const response = await fetch(`${fixture.origin}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(text === '' ? {} : { body: text }),
  })
  expect(response.status).toBe(status)
  const id = response.headers.get('x-request-id')
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(response.headers.get('x-quotakeeper-request-id')).toBe(id)
})

test('invalid HTTP, and a request without a host, get an x-request-id', async () => {
  const { port } = new URL(fixture.origin)
  for (const [text, status] of [
    ['NOTHING\r\n\r\n', '400'],
    [`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    ['GET /v1/models HTTP/1.1\r\nconnection: close\r\n\r\n', '421'],
  ] as const) {
    const socket = connect(Number(port), '127.0.0.1')
    let received = ''
    socket.on('data', chunk => {
      received += chunk
    })
    const closed = new Promise(resolve => socket.once('close', resolve))
    socket.write(text)
    await closed
    expect(received).toContain(`HTTP/1.1 ${status}`)
    expect(received).toMatch(/x-request-id: [0-9a-f-]{36}/)
  }
})

test('a client that disconnects while sending leaks nothing', async () => {
  for (let times = 0; times < 20; times++) {
    const { port } = new URL(fixture.origin)
    const request = httpRequest({
      port,
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json', 'content-length': '900000' },
    })
    request.on('error', () => undefined)
    await new Promise(resolve => request.write('{"model":', resolve))
    request.destroy()
  }
  expect((await send(bodyOf())).status).toBe(200)
})
