import { once } from 'node:events'
import { connect } from 'node:net'
import OpenAI, { AzureOpenAI } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

const token = 'token-of-clients'

let api: TestApi
let fixture: Fixture
beforeAll(async () => {
  api = await sharedTestApi()
  fixture = await startFixture(api, { keys: { a: {} }, environment: { QUOTA_GATEWAY_TOKEN: token } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

function post(path: string, headers: Record<string, string>, body: unknown): Promise<Response> {
  return fetch(fixture.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** The raw answer to a raw request. */
async function exchange(text: string): Promise<string> {
  const { port } = new URL(fixture.origin)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(text)
  let answer = ''
  socket.setEncoding('utf8').on('data', chunk => {
    answer += chunk
  })
  await once(socket, 'close')
  return answer
}

const forms = [
  ...['/v1/X', '/X', '/openai/v1/X', '/openai/X', '/v1/X/', '/openai/v1/X/', '/X?a=b', '/v1/X/?a=b'],
  // Base URLs with a final slash or a version of their own.
  ...['//v1/X', '/v1//X', '//X', '/v1/v1/X', '//v1//v1/X//', '/openai//v1/X'],
]

test.each(forms)('chat completions and embeddings are served at %s, with a token alone', async form => {
  const chat = form.replace('X', 'chat/completions')
  const body = { model: fixture.model, messages: [{ role: 'user', content: 'hi' }] }
  expect((await post(chat, { authorization: `Bearer ${token}` }, body)).status).toBe(200)
  const calls = fixture.vendor.calls.length
  const paths = [chat, form.replace('X', 'embeddings'), form.replace('X', 'models')]
  const foreign = { authorization: `Bearer ${token}`, origin: 'https://evil.example' }
  const wrong = [{ 'api-key': 'wrong' }, { authorization: 'Bearer wrong' }, { 'x-api-key': 'wrong' }]
  // At once, since each wrong token is answered later than the one before; more of them at once are 429.
  const statuses = await Promise.all(
    paths.flatMap((path, index) =>
      [{}, wrong[index] ?? {}, foreign].map(async headers => [
        path,
        (await post(path, headers, body)).status,
      ]),
    ),
  )
  expect(statuses).toEqual(paths.flatMap(path => [401, 401, 403].map(status => [path, status])))
  expect(fixture.vendor.calls.length).toBe(calls)
})

test.each([
  ['the model of the path where the body names none', () => ({}), 'model'],
  ['the model of the body', (model: string) => ({ model }), 'unknown-deployment'],
] as const)("Azure's path is served with api-key, for %s", async (_, fields, deployment) => {
  const name = deployment === 'model' ? fixture.model : deployment
  const path = `/openai/deployments/${name}/chat/completions?api-version=2024-10-21`
  const body = { messages: [{ role: 'user', content: 'hi' }], ...fields(fixture.model) }
  const response = await post(path, { 'api-key': token }, body)
  expect(response.status).toBe(200)
  expect(fixture.vendor.calls.at(-1)?.body).toEqual({ model: fixture.model, messages: body.messages })
})

test.each([
  'v1/messages',
  'openai/v1/chat/completions',
  'chat/completions',
  'openai/deployments/D/chat/completions',
])('a target with scheme and host, as for a proxy, is served: %s', async path => {
  const { host } = new URL(fixture.origin)
  const body = JSON.stringify({ max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] })
  const named = path.includes('/D/') ? body : body.replace('{', `{"model":"${fixture.model}",`)
  const target = `http://${host}/${path.replace('/D/', `/${fixture.model}/`)}?api-version=2024-10-21`
  const head = `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Type: application/json\r\n`
  const rest = `Authorization: Bearer ${token}\r\nContent-Length: ${named.length}\r\n\r\n${named}`
  expect(await exchange(head + rest)).toMatch(/^HTTP\/1\.1 200 /)
})

test.each(['/v1beta', '/v1', '/v1alpha', '', '//v1beta', '/v1beta/v1beta'])(
  'methods of Gemini’s own API are found at %s/models, with the token and errors of its clients',
  async start => {
    const path = `${start}/models/${fixture.model}:countTokens`
    const response = await post(path, { 'x-goog-api-key': token }, [])
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { status: 'INVALID_ARGUMENT' } })
    expect((await post(path, { 'x-goog-api-key': 'wrong' }, [])).status).toBe(401)
  },
)

test("a body without a field gets the model of Azure's path", async () => {
  const path = `/openai/deployments/${fixture.model}/embeddings`
  const response = await post(path, { 'api-key': token }, {})
  expect(fixture.vendor.calls.at(-1)?.body).toEqual({ model: fixture.model })
  expect(response.status).toBeLessThan(500)
})

test('the Azure client works unchanged, with slashes in its deployment’s name', async () => {
  const client = new AzureOpenAI({
    endpoint: fixture.origin,
    apiKey: token,
    apiVersion: '2024-10-21',
    maxRetries: 0,
  })
  const pinned = `${fixture.nameOf('a')}/${fixture.model}`
  const answer = await client.chat.completions.create({
    model: pinned,
    messages: [{ role: 'user', content: 'hi' }],
  })
  expect(answer.choices.length).toBeGreaterThan(0)
  const encoded = `/openai/deployments/${encodeURIComponent(pinned)}/chat/completions`
  const response = await post(encoded, { 'api-key': token }, { messages: [] })
  expect(response.status).toBe(200)
  const broken = await post('/openai/deployments/%E0%A4%A/chat/completions', { 'api-key': token }, {})
  // No endpoint has this path.
  expect([404, 503]).toContain(broken.status)
})

test('HEAD / is answered without a token and a body, and only probes are also open', async () => {
  const head = await fetch(`${fixture.origin}/`, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  for (const path of ['/healthz', '/readyz', '/healthz/'])
    expect([path, (await fetch(fixture.origin + path)).status]).toEqual([path, 200])
  for (const path of ['/', '/nothing', '/metrics', '/chat/completions', '/v1', '/openai', '/v1beta/models'])
    expect([path, (await fetch(fixture.origin + path)).status]).toEqual([path, 401])
})

test.each([
  ['/v1/nothing', (body: unknown) => expect(body).toMatchObject({ error: { code: 'unknown_url' } })],
  ['/nothing', (body: unknown) => expect(body).toMatchObject({ error: { code: 'unknown_url' } })],
  [
    '/v1/messages/batches',
    (body: unknown) => expect(body).toMatchObject({ type: 'error', error: { type: 'not_found_error' } }),
  ],
  [
    '/v1beta/nothing',
    (body: unknown) => expect(body).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } }),
  ],
])('%s is 404 in the dialect of its path, and names what is served', async (path, check) => {
  const response = await post(path, { 'x-api-key': token, authorization: `Bearer ${token}` }, {})
  expect(response.status).toBe(404)
  const body: unknown = await response.json()
  check(body)
  expect(JSON.stringify(body)).toContain('/v1/chat/completions')
})

test.each([
  ['/v1/messages/batches', 'x-api-key'],
  ['/v1beta/models/m:unknown', 'x-goog-api-key'],
  ['/v1/models', 'x-api-key'],
  ['/v1/models', 'api-key'],
])('at %s the token counts in %s', async (path, header) => {
  const right = await fetch(fixture.origin + path, { headers: { [header]: token } })
  expect(right.status).not.toBe(401)
  expect((await fetch(fixture.origin + path, { headers: { [header]: 'wrong' } })).status).toBe(401)
})

test.each(['', 'Bearer', 'Bearer ', `Basic ${btoa('user:password')}`])(
  'the token counts in the header of its format beside "Authorization: %s", which holds none',
  async authorization => {
    const path = '/v1/messages/batches'
    const right = await post(path, { 'x-api-key': token, authorization }, {})
    expect(right.status).toBe(404)
    expect((await post(path, { 'x-api-key': 'wrong', authorization }, {})).status).toBe(401)
    // What is a token counts first.
    expect((await post(path, { 'x-api-key': token, authorization: 'Bearer wrong' }, {})).status).toBe(401)
  },
)

test.each(['/v1/responses', '/', '/nothing', '/v1/messages', '/openai/v1/realtime?model=m'])(
  'a WebSocket upgrade of %s is answered 426 at once',
  async path => {
    const { host } = new URL(fixture.origin)
    const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
    const answer = await exchange(head + key)
    expect(answer).toMatch(/^HTTP\/1\.1 426 /)
    expect(answer.toLowerCase()).toContain('x-request-id')
    expect(answer).toContain('by POST')
  },
)

test('an upgrade to another protocol is ignored, as HTTP requires', async () => {
  const { host } = new URL(fixture.origin)
  const answer = await exchange(
    `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nUpgrade: h2c\r\n\r\n`,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
})

test("OpenAI's client lists models at each base URL", async () => {
  for (const base of ['/v1', '', '/openai/v1', '/v1/']) {
    const client = new OpenAI({ baseURL: fixture.origin + base, apiKey: token, maxRetries: 0 })
    const { data } = await client.models.list()
    expect(data.map(({ id }) => id)).toContain(fixture.model)
    const pinned = `${fixture.nameOf('a')}/${fixture.model}`
    expect((await client.models.retrieve(pinned)).id).toBe(pinned)
  }
})
