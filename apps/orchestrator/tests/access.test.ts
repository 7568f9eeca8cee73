import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings } from '../src/index.js'
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

test('with a token, requests without it are refused, except probes', async () => {
  const own = await startTestGateway(api, { QUOTA_GATEWAY_TOKEN: 'right' })
  for (const authorization of [undefined, 'Bearer wrong', 'right', 'Basic right']) {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
    const response = await fetch(`${own.origin}/v1/models`, { headers })
    expect(response.status).toBe(401)
    expect(await errorOf(response)).toMatchObject({ code: 'invalid_api_key' })
  }
  const right = await fetch(`${own.origin}/v1/models`, { headers: { authorization: 'Bearer right' } })
  expect(right.status).toBe(200)
  expect((await fetch(`${own.origin}/healthz`)).status).toBe(200)
  expect((await fetch(`${own.origin}/readyz`)).status).toBe(200)
  await own.stop()
})

test('a wrong token is answered with growing delay per address, and refused beyond a number of concurrent attempts', async () => {
  await using own = await startTestGatewayWith('right')
  const first = await Promise.all(Array.from({ length: 10 }, () => own.ask('wrong')))
  expect(first.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 401))
  // A busy machine answers the first before the last arrives; the delays grow until they overlap.
  let refused: readonly Response[] = []
  for (let batch = 0; batch < 20 && refused.length === 0; batch++) {
    const many = await Promise.all(
      Array.from({ length: 30 }, (_, index) => own.ask('wrong', index % 2 === 0 ? '/v1/models' : '/metrics')),
    )
    expect(many.map(({ status }) => status)).not.toContain(200)
    refused = many.filter(({ status }) => status === 429)
  }
  expect(refused.length).toBeGreaterThan(0)
  for (const response of refused) {
    expect(response.headers.get('retry-after')).toBe('2')
    expect(response.headers.get('x-quotakeeper-request-id')).toBeTruthy()
    expect(await errorOf(response)).toMatchObject({ type: 'rate_limit_error', code: 'too_many_attempts' })
  }
  // The right token is delayed but accepted.
  expect((await own.ask('right')).status).toBe(200)
})

test('guesses are delayed before a body is read, on every route and with every token header', async () => {
  await using own = await startTestGatewayWith('right')
  const forms = ['Bearer wrong', 'Basic right', 'right', 'Bearer right right', '']
  const guess = (index: number) =>
    fetch(`${own.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: forms[index % forms.length] ?? '' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(10_000) }] }),
    })
  await Promise.all(Array.from({ length: 10 }, (_, index) => guess(index)))
  const many = await Promise.all(Array.from({ length: 30 }, (_, index) => guess(index)))
  expect(many.every(({ status }) => status === 401 || status === 429)).toBe(true)
  expect(many.some(({ status }) => status === 429)).toBe(true)
})

test('guesses delay neither probes, nor requests without a token, nor addresses that sent the right one before', async () => {
  await using own = await startTestGatewayWith('right')
  expect((await own.ask('right')).status).toBe(200)
  const guesses = Promise.all(Array.from({ length: 40 }, () => own.ask('wrong')))
  const beside = [
    ...Array.from({ length: 20 }, () => own.ask('right')),
    ...Array.from({ length: 20 }, () => fetch(`${own.origin}/healthz`)),
  ]
  expect((await Promise.all(beside)).map(({ status }) => status)).toEqual(beside.map(() => 200))
  const shown = await Promise.all(Array.from({ length: 20 }, () => fetch(`${own.origin}/v1/models`)))
  expect(shown.map(({ status }) => status)).toEqual(shown.map(() => 401))
  expect((await guesses).map(({ status }) => status)).toContain(429)
})

test('the client’s headers, above all its token, are not passed on', async () => {
  const own = await startTestGateway(api, { QUOTA_GATEWAY_TOKEN: 'right', KEY_A: 'key-a' })
  const response = await fetch(`${own.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer right',
      cookie: 'a=b',
      'x-secret': 'c',
    },
    body: JSON.stringify({ model: fixture.model, messages: [] }),
  })
  expect(response.status).toBe(200)
  const headers = fixture.vendor.calls.at(-1)?.headers
  expect(headers?.authorization).toBe('Bearer key-a')
  expect([headers?.cookie, headers?.['x-secret']]).toEqual([undefined, undefined])
  await own.stop()
})

test('an unknown host is rejected', async () => {
  expect(await statusFor({ host: 'evil.example' })).toBe(421)
  expect(await statusFor({ host: `localhost:${new URL(fixture.origin).port}` })).toBe(200)
  expect(await statusFor({ host: 'localhost', origin: 'https://evil.example' })).toBe(403)
  for (const site of ['cross-site', 'same-site'])
    expect(await statusFor({ host: 'localhost', 'sec-fetch-site': site })).toBe(403)
  expect(await statusFor({ host: 'localhost', 'sec-fetch-site': 'none' })).toBe(200)
})

test('every answer forbids sniffing, caching and cross-origin use', async () => {
  for (const path of ['/v1/models', '/nothing', '/healthz']) {
    const { headers } = await fetch(`${fixture.origin}${path}`)
    const reported = ['cache-control', 'x-content-type-options', 'cross-origin-resource-policy'].map(name =>
      headers.get(name),
    )
    expect(reported, path).toEqual(['no-store', 'nosniff', 'same-origin'])
  }
})

/** `fetch` sets these headers itself. */
function statusFor(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${fixture.origin}/v1/models`, { headers }, response => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

test('beyond loopback the gateway does not start without a token, and states what to set', () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'gateway.internal']) {
    expect(() => readSettings({ QUOTA_GATEWAY_HOST: host })).toThrow(/set QUOTA_GATEWAY_TOKEN/)
    const token = 't'.repeat(32)
    expect(readSettings({ QUOTA_GATEWAY_HOST: host, QUOTA_GATEWAY_TOKEN: token }).gatewayHost).toBe(host)
    expect(() => readSettings({ QUOTA_GATEWAY_HOST: host, QUOTA_GATEWAY_TOKEN: token.slice(1) })).toThrow(
      /^QUOTA_GATEWAY_TOKEN is shorter than 32 characters, .*openssl rand -hex 32/,
    )
  }
  for (const host of ['localhost', '127.0.0.1', '127.8.8.8', '::1', '[::1]']) {
    expect(readSettings({ QUOTA_GATEWAY_HOST: host }).gatewayToken).toBeNull()
  }
})

test.each([
  ['QUOTA_GATEWAY_PORT', '70000'],
  ['QUOTA_GATEWAY_PORT', '4e3'],
  ['QUOTA_API_URL', 'ftp://here'],
  ['QUOTA_LOG_LEVEL', 'loud'],
  ['QUOTA_VENDOR_TIMEOUT_SECONDS', '0'],
  ['QUOTA_RESERVE_STRICT', 'yes'],
  ['QUOTA_GATEWAY_TOKEN', 'two words'],
])('%s=%s is refused by its name', (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrow(name)
})

/** A gateway with a token, and a function that returns its status for a token. */
async function startTestGatewayWith(token: string) {
  const gateway = await startTestGateway(api, { QUOTA_GATEWAY_TOKEN: token })
  return {
    origin: gateway.origin,
    ask: (given: string, path = '/v1/models') =>
      fetch(`${gateway.origin}${path}`, { headers: { authorization: `Bearer ${given}` } }),
    [Symbol.asyncDispose]: () => gateway.stop(),
  }
}
