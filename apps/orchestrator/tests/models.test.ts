import { modelNotFound, startVendorStandIn, type VendorStandIn } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Orchestrator } from '../src/index.js'
import { errorOf, startTestGateway } from './fixture.js'
import { sayHello } from './say-hello.js'
import { startTestApi, type TestApi } from './test-api.js'

const config = `
providers:
  - { name: alpha_1, vendor: alpha, baseUrl: BASE, apiKeyEnv: ALPHA_1, models: [small, "big-*", alpha/own], limits: { requests/day: 100 } }
  - { name: alpha_2, vendor: alpha, baseUrl: BASE, apiKeyEnv: ALPHA_2, models: [small, "big-*", alpha/own], limits: { requests/day: 100 } }
  - { name: beta_1, vendor: beta, baseUrl: BASE, apiKeyEnv: BETA_1, models: [small, alpha/other] }
  - { name: gamma_1, vendor: gamma, baseUrl: BASE, apiKeyEnv: GAMMA_1, models: [unset-only] }
  - { name: omega_1, vendor: omega, baseUrl: BASE, apiKeyEnv: BETA_1, models: [compound, omega/compound] }
  - { name: slow_1, vendor: slow, baseUrl: BASE, apiKeyEnv: SLOW_1, models: [waiting], limits: { requests/rolling-2s: 1 } }
  - { name: late_1, vendor: slow, baseUrl: BASE, apiKeyEnv: SLOW_1, models: [late], limits: { requests/rolling-1h: 1 } }
routing:
  maxWaitMs: 5000
  aliases:
    fast: [gamma/unset-only, beta_1/small, alpha/small]
    waits: [waiting]
`

let vendor: VendorStandIn
let api: TestApi
let gateway: Orchestrator
beforeAll(async () => {
  vendor = await startVendorStandIn()
  api = await startTestApi({ config: config.replaceAll('BASE', vendor.baseUrl) })
  gateway = await startTestGateway(api, {
    ALPHA_1: 'alpha-1',
    ALPHA_2: 'alpha-2',
    BETA_1: 'beta-1',
    SLOW_1: 'slow-1',
  })
})
afterAll(async () => {
  await gateway.stop()
  await api[Symbol.asyncDispose]()
  await vendor.close()
})

async function reached(model: string): Promise<{ apiKey: string | null; model: string | null }> {
  const response = await sayHello(gateway, model)
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
  const call = vendor.calls.at(-1)
  return { apiKey: call?.apiKey ?? null, model: call?.model ?? null }
}

test('a pinned name reaches its key, a vendor’s any of its keys, each under the bare name', async () => {
  expect(await reached('alpha_2/small')).toEqual({ apiKey: 'alpha-2', model: 'small' })
  expect(await reached('alpha/big-1')).toEqual({ apiKey: expect.stringMatching(/^alpha-/), model: 'big-1' })
})

test('a vendor’s own name with a slash in it is found, whether or not its prefix is a vendor here', async () => {
  expect(await reached('alpha/own')).toMatchObject({
    apiKey: expect.stringMatching(/^alpha-/),
    model: 'alpha/own',
  })
  expect(await reached('alpha/other')).toEqual({ apiKey: 'beta-1', model: 'alpha/other' })
})

test('if no key of the vendor knows the name without its prefix, the whole is tried as a name', async () => {
  vendor.respondWith(call => (call.model === 'compound' ? modelNotFound('compound') : undefined))
  expect(await reached('omega/compound')).toEqual({ apiKey: 'beta-1', model: 'omega/compound' })
  vendor.respondWith(null)
})

test('an alias tries its list in order', async () => {
  expect(await reached('fast')).toEqual({ apiKey: 'beta-1', model: 'small' })
})

test('an unknown model is 404 model_not_found', async () => {
  for (const model of [
    'nothing',
    'alpha_1/nothing',
    'delta/small',
    'alpha/',
    '/small',
    '__proto__',
    'constructor',
  ]) {
    const response = await sayHello(gateway, model)
    expect([model, response.status]).toEqual([model, 404])
    expect(await errorOf(response)).toMatchObject({ code: 'model_not_found', param: 'model' })
  }
})

test('a model served only by keys that are not set is 503, and the error names the variable', async () => {
  const response = await sayHello(gateway, 'unset-only')
  expect(response.status).toBe(503)
  const { message, code } = await errorOf(response)
  expect(code).toBe('no_key')
  expect(message).toContain('gamma_1: GAMMA_1 is not set.')
})

test('the list of models has every callable name known from the configuration', async () => {
  const response = await fetch(`${gateway.origin}/v1/models`)
  const { data } = (await response.json()) as { data: { id: string }[] }
  const ids = data.map(({ id }) => id)
  expect(ids).toEqual(
    expect.arrayContaining(['fast', 'small', 'alpha/small', 'alpha_1/small', 'beta_1/small']),
  )
  expect(ids).not.toContain('unset-only')
  // Except those that other tests spend or bar.
  for (const id of ids.filter(id => !/wait|late|compound/.test(id))) await reached(id)
})

test('quota that returns within the configured wait is awaited, once', async () => {
  expect((await sayHello(gateway, 'waiting')).status).toBe(200)
  expect((await sayHello(gateway, 'waits')).status).toBe(200)
  // By the vendor's clock, a window of two seconds is between them.
  const [first, second] = vendor.calls.slice(-2)
  expect((second?.startedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBeGreaterThan(1_500)
})

test('quota that returns later is not awaited', async () => {
  expect((await sayHello(gateway, 'late')).status).toBe(200)
  const response = await sayHello(gateway, 'late')
  expect(response.status).toBe(429)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(3_000)
})

test('a provider added at run time can be called', async () => {
  await api.client.providers.upsert.mutate({
    name: 'new_1',
    vendor: 'newcomer',
    models: ['brand-new'],
    metadata: { apiKeyEnv: 'BETA_1', baseUrl: vendor.baseUrl },
  })
  expect(await reached('brand-new')).toEqual({ apiKey: 'beta-1', model: 'brand-new' })
})
