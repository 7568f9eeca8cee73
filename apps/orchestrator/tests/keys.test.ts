import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { enterKey } from '@quotakeeper/server-kit/sealing'
import { freePort, invalidApiKey, startVendorStandIn } from '@quotakeeper/test-kit'
import { beforeAll, expect, test } from 'vitest'
import { errorOf, slowly, startFixture, startTestGateway } from './fixture.js'
import { sayHello } from './say-hello.js'
import { sharedTestApi, startTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

async function check(fixture: { readonly origin: string }, providerName?: string): Promise<Response> {
  return fetch(`${fixture.origin}/v1/keys/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ providerName }),
  })
}

test('each key is reported as ok, refused, without money, missing or unreachable, with its remedy', async () => {
  await using fixture = await startFixture(api, {
    keys: {
      good: { vendor: 'groq' },
      wrong: { vendor: 'groq' },
      poor: { vendor: 'huggingface' },
      unset: { isUnset: true },
      lost: { baseUrl: 'http://127.0.0.1:9' },
    },
    vendor: { apiKeys: ['key-good', 'key-poor'] },
  })
  const { keys } = (await (await check(fixture)).json()) as {
    keys: { providerName: string; result: string; remedy: string | null }[]
  }
  const ofKey = (key: string) => keys.find(({ providerName }) => providerName === fixture.nameOf(key))
  expect(ofKey('good')).toMatchObject({ result: 'ok', httpStatus: 200, remedy: null })
  expect(ofKey('wrong')).toMatchObject({
    result: 'refused',
    remedy: expect.stringContaining('create a new one'),
  })
  expect(ofKey('unset')).toMatchObject({ result: 'missing', remedy: expect.stringContaining('KEY_UNSET') })
  expect(ofKey('lost')).toMatchObject({ result: 'unreachable', httpStatus: null })
  // The result is applied: no call uses a key that its vendor refuses.
  const stats = await api.client.stats.get.query({ providerName: fixture.nameOf('wrong') })
  expect(stats).toMatchObject({ available: false, disabledBy: 'vendor', requestCount: 0 })
  expect(JSON.stringify(keys)).not.toContain('key-')
})

test('one key can be checked, an unknown one is 404, and the name must be a text', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {} } })
  const one = await check(fixture, fixture.nameOf('a'))
  expect(await one.json()).toMatchObject({ keys: [{ providerName: fixture.nameOf('a'), result: 'ok' }] })
  expect((await check(fixture, 'nobody')).status).toBe(404)
  // Misread, each would be a request to check every key.
  for (const body of [
    '{"providerName":7}',
    '{"providerName"',
    '["a"]',
    '{"key":"gsk_1"}',
    '{"sealed":"x"}',
  ]) {
    const odd = await fetch(`${fixture.origin}/v1/keys/check`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(odd.status, body).toBe(400)
    const answer = await odd.text()
    expect(answer).not.toContain('gsk_1')
    // Words for people name no procedure.
    expect(answer).not.toContain('keys.enter')
    if (body.includes('gsk_1')) expect(answer).toContain('quotakeeper providers add')
  }
  expect(fixture.vendor.calls.length).toBe(1)
})

test('a key that works again is used at once', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'huggingface' } } })
  fixture.vendor.respondWith(() => invalidApiKey())
  await fixture.ask()
  const providerName = fixture.nameOf('a')
  await expect
    .poll(async () => (await api.client.stats.get.query({ providerName })).disabledBy)
    .toBe('vendor')
  await check(fixture, providerName)
  expect(await api.client.stats.get.query({ providerName })).toMatchObject({
    disabledBy: null,
    available: true,
  })
})

test('four checks run concurrently; further ones are refused until one has ended', async () => {
  const waiting: ServerResponse[] = []
  let isHeld = true
  const answer = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list","data":[]}')
  }
  // A vendor that answers only when released.
  const vendor = createServer((_, response) => {
    if (isHeld) waiting.push(response)
    else answer(response)
  })
  await new Promise<void>(resolve => vendor.listen(0, '127.0.0.1', resolve))
  // A listening TCP server has this type of address.
  const { port } = vendor.address() as AddressInfo
  await using fixture = await startFixture(api, {
    keys: { slow: { baseUrl: `http://127.0.0.1:${port}/v1` } },
  })
  try {
    const checks = Array.from({ length: 7 }, () => check(fixture, fixture.nameOf('slow')))
    const first = await Promise.race(checks)
    expect(first.status).toBe(429)
    expect(first.headers.get('retry-after')).toBe('5')
    expect(await errorOf(first)).toMatchObject({ type: 'rate_limit_error', code: 'too_many_checks' })
    isHeld = false
    for (const response of waiting) answer(response)
    const statuses = (await Promise.all(checks)).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([200, 200, 200, 200, 429, 429, 429])
    expect((await check(fixture, fixture.nameOf('slow'))).status).toBe(200)
  } finally {
    vendor.closeAllConnections()
    vendor.close()
  }
})

test('a provider without a key, whose vendor wants one, is reported with that remedy, and uses the key at once', async () => {
  await using vendor = await startVendorStandIn({ apiKeys: ['sk-given-later'] })
  const port = String(await freePort())
  await using own = await startTestApi({ environment: { QUOTA_GATEWAY_PORT: port } })
  await using gateway = await startTestGateway(own, {
    ...{ QUOTA_GATEWAY_PORT: port, QUOTA_SEALING_KEY: 'a'.repeat(64) },
  })
  const { baseUrl } = vendor
  const [name, place] = ['keyless_1', { vendor: 'custom', metadata: { baseUrl } }]
  await own.client.providers.upsert.mutate({ name, ...place, models: ['m'], limits: [] })
  const ask = () => sayHello(gateway, 'keyless_1/m')
  const refused = 'HTTP 401: it is called without a key, and its vendor wants one: set apiKeyEnv'
  await expect.poll(async () => (await errorOf(await ask())).message, slowly).toContain(refused)
  await expect
    .poll(async () => (await own.client.stats.get.query({ providerName: name })).disabledBy)
    .toBe('vendor')
  // It is refused without a call now.
  const { message } = await errorOf(await ask())
  expect(message).toContain(refused)
  expect(message).not.toContain('create a new one')
  expect(await (await check(gateway, name)).json()).toMatchObject({
    keys: [{ result: 'refused', remedy: expect.stringMatching(/^keyless_1 is called without a key/) }],
  })
  await expect.poll(async () => (await own.client.keys.entered.query()).isOn).toBe(true)
  await enterKey(own.client, {
    ...{ providerName: name, key: 'sk-given-later', vendor: 'custom', baseUrl, anyway: false },
  })
  await expect.poll(async () => (await ask()).status, slowly).toBe(200)
})
