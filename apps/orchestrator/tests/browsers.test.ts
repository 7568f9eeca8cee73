import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings } from '../src/index.js'
import { type Fixture, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

const token = 'token-of-clients'
const allowed = ['https://app.example.com', 'app://obsidian.md', 'chrome-extension://abcdefghijklmnop']

let api: TestApi
let open: Fixture
let closed: Fixture
beforeAll(async () => {
  api = await sharedTestApi()
  const environment = { QUOTA_GATEWAY_TOKEN: token }
  open = await startFixture(api, {
    keys: { a: {} },
    environment: { ...environment, QUOTA_GATEWAY_ALLOWED_ORIGINS: allowed.join(', ') },
  })
  closed = await startFixture(api, { keys: { a: {} }, environment })
})
afterAll(async () => {
  await open[Symbol.asyncDispose]()
  await closed[Symbol.asyncDispose]()
})

interface Answer {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

/** `fetch` sets some of these headers itself. */
function ask(
  { origin }: Fixture,
  {
    method = 'POST',
    path = '/v1/chat/completions',
    headers,
    body = '',
  }: {
    readonly method?: string
    readonly path?: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
  },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(origin + path, { method, headers }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: text }),
      )
    })
    sent.on('error', reject).end(body)
  })
}

/** Chromium's preflight before a page may post JSON with a token. */
function preflight(origin: string): Readonly<Record<string, string>> {
  return {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
    'sec-fetch-mode': 'cors',
    'sec-fetch-site': 'cross-site',
    'sec-fetch-dest': 'empty',
  }
}

test.each(allowed)(
  'a page of %s may ask before it sends a token, call, and read all of the answer',
  async origin => {
    for (const path of [
      '/v1/chat/completions',
      '/chat/completions',
      '/v1/models',
      '/v1/nothing',
      '/v1/audio/speech',
    ]) {
      const asked = await ask(open, { method: 'OPTIONS', path, headers: preflight(origin) })
      expect([path, asked.status, asked.body]).toEqual([path, 204, ''])
      expect(asked.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-headers': 'authorization,content-type,x-stainless-lang',
        'access-control-allow-methods': expect.stringContaining('POST'),
        vary: 'origin',
      })
    }
    const headers = {
      origin,
      'sec-fetch-site': 'cross-site',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    }
    for (const stream of [false, true]) {
      const body = JSON.stringify({ model: open.model, stream, messages: [{ role: 'user', content: 'hi' }] })
      const answer = await ask(open, { headers, body })
      expect([stream, answer.status]).toEqual([stream, 200])
      expect(answer.headers['access-control-allow-origin']).toBe(origin)
      expect(answer.headers['access-control-expose-headers']).toContain('x-quotakeeper-request-id')
    }
    const wrong = await ask(open, { headers: { ...headers, authorization: 'Bearer wrong' }, body: '{}' })
    expect([wrong.status, wrong.headers['access-control-allow-origin']]).toEqual([401, origin])
    const missing = await ask(open, { path: '/v1/nothing', headers, body: '{}' })
    expect([missing.status, missing.headers['access-control-allow-origin']]).toEqual([404, origin])
  },
)

test.each([
  'https://app.example.com.evil.example',
  'https://evil.example',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://sub.app.example.com',
  'app://other',
  'null',
  'https://app.example.com, https://evil.example',
])('a page of %s may neither ask nor call, whatever token it has', async origin => {
  const asked = await ask(open, { method: 'OPTIONS', headers: preflight(origin) })
  expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([403, undefined])
  const headers = { origin, 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const called = await ask(open, { headers, body: JSON.stringify({ model: open.model, messages: [] }) })
  expect([called.status, called.headers['access-control-allow-origin']]).toEqual([403, undefined])
  expect(JSON.parse(called.body).error.message).toBe(
    origin === 'null'
      ? 'The page has no origin that could be allowed: call from a page whose origin is in QUOTA_GATEWAY_ALLOWED_ORIGINS.'
      : `The origin "${origin}" is not allowed: add it to QUOTA_GATEWAY_ALLOWED_ORIGINS.`,
  )
})

test('without the setting no page may call, and unknown hosts are rejected', async () => {
  for (const origin of allowed) {
    const asked = await ask(closed, { method: 'OPTIONS', headers: preflight(origin) })
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([403, undefined])
  }
  const headers = { ...preflight(allowed[0] ?? ''), host: 'evil.example' }
  expect((await ask(open, { method: 'OPTIONS', headers })).status).toBe(421)
})

test('an OPTIONS request that is not a preflight needs the token', async () => {
  const headers = { origin: allowed[0] ?? '' }
  expect((await ask(open, { method: 'OPTIONS', headers })).status).toBe(401)
  expect((await ask(open, { method: 'OPTIONS', headers: {} })).status).toBe(401)
})

test.each([
  '*',
  'https://*.example.com',
  'https://app.example.com/path',
  'app.example.com',
  'null',
  'https://user@app.example.com',
  'https://a.example https://b.example',
])('QUOTA_GATEWAY_ALLOWED_ORIGINS=%s is refused by its name', value => {
  expect(() => readSettings({ QUOTA_GATEWAY_ALLOWED_ORIGINS: value })).toThrow(
    'QUOTA_GATEWAY_ALLOWED_ORIGINS',
  )
})

test('origins are normalised to the form sent by browsers', () => {
  const value = 'HTTPS://App.Example.com:443, http://a.example:80,app://Obsidian.md,http://[::1]:3000'
  expect(readSettings({ QUOTA_GATEWAY_ALLOWED_ORIGINS: value }).allowedOrigins).toEqual([
    'https://app.example.com',
    'http://a.example',
    'app://obsidian.md',
    'http://[::1]:3000',
  ])
  expect(readSettings({}).allowedOrigins).toEqual([])
})
