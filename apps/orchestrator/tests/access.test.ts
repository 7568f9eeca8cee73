import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings } from '../src/index.js'
import { errorOf, type Scene, setScene, startTestGateway } from './scene.js'
import { startTestApi, type TestApi } from './test-api.js'

let api: TestApi
let scene: Scene
beforeAll(async () => {
  api = await startTestApi()
  scene = await setScene(api, { keys: { a: {} } })
})
afterAll(async () => {
  await scene[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})

test('with a token, who does not carry it is turned away, but for the probes', async () => {
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

test("the client's own headers stay here, its token above all", async () => {
  const own = await startTestGateway(api, { QUOTA_GATEWAY_TOKEN: 'right', KEY_A: 'key-a' })
  const response = await fetch(`${own.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer right',
      cookie: 'a=b',
      'x-secret': 'c',
    },
    body: JSON.stringify({ model: scene.model, messages: [] }),
  })
  expect(response.status).toBe(200)
  const headers = scene.vendor.calls.at(-1)?.headers
  expect(headers?.authorization).toBe('Bearer key-a')
  expect([headers?.cookie, headers?.['x-secret']]).toEqual([undefined, undefined])
  await own.stop()
})

test('a name that is not ours is turned away, however it was made to lead here', async () => {
  expect(await statusFor({ host: 'evil.example' })).toBe(421)
  expect(await statusFor({ host: `localhost:${new URL(scene.origin).port}` })).toBe(200)
  expect(await statusFor({ host: 'localhost', origin: 'https://evil.example' })).toBe(403)
  for (const site of ['cross-site', 'same-site'])
    expect(await statusFor({ host: 'localhost', 'sec-fetch-site': site })).toBe(403)
  expect(await statusFor({ host: 'localhost', 'sec-fetch-site': 'none' })).toBe(200)
})

test('every answer says that nobody may guess, keep or lend it', async () => {
  for (const path of ['/v1/models', '/nothing', '/healthz']) {
    const { headers } = await fetch(`${scene.origin}${path}`)
    const told = ['cache-control', 'x-content-type-options', 'cross-origin-resource-policy'].map(name =>
      headers.get(name),
    )
    expect(told, path).toEqual(['no-store', 'nosniff', 'same-origin'])
  }
})

/** `fetch` sets these headers itself. */
function statusFor(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${scene.origin}/v1/models`, { headers }, response => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

test('beyond loopback the gateway does not start without a token, and says what to set', () => {
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
