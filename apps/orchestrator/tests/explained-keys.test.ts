import { beforeAll, expect, test } from 'vitest'
import { startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

const explain = (model: string, providerNames: readonly string[]) =>
  api.client.quota.explain.query({
    candidates: providerNames.map(providerName => ({ providerName, model })),
    strategy: 'priority',
  })

test('explain skips a key that no gateway has, and names the variable to set', async () => {
  await using fixture = await startFixture(api, { keys: { unset: { isUnset: true }, set: {} } })
  const [unset, set] = [fixture.nameOf('unset'), fixture.nameOf('set')]
  const { chosen, skipped } = await explain(fixture.model, [unset, set])
  expect(chosen?.providerName).toBe(set)
  expect(skipped).toMatchObject([
    { providerName: unset, reasons: [{ code: 'no_key', variable: 'KEY_UNSET', retryAt: null }] },
  ])
  expect(await explain(fixture.model, [unset])).toMatchObject({ chosen: null, retryAt: null })
  // Other programs call with their own keys and only reserve quota, without a gateway.
  const granted = await api.client.quota.reserve.mutate({ providerName: unset, model: fixture.model })
  expect(granted.decision).toBe('granted')
  expect(
    await api.client.quota.isAvailable.query({ providerName: unset, model: fixture.model }),
  ).toMatchObject({
    available: true,
  })
})

test('a key of another gateway takes the call', async () => {
  await using fixture = await startFixture(api, { keys: { one: { isUnset: true } } })
  const one = fixture.nameOf('one')
  expect((await explain(fixture.model, [one])).chosen).toBeNull()
  const fingerprint = 'f'.repeat(32)
  const key = { providerName: one, variable: 'KEY_ONE', fingerprint, reason: null, isNew: true, check: null }
  await api.client.keys.report.mutate({ gateway: 'another:4100', keys: [key] })
  expect((await explain(fixture.model, [one])).chosen?.providerName).toBe(one)
})

test('without a gateway’s report keys are unknown, and none is skipped', async () => {
  await api.client.providers.upsert.mutate({ name: 'unreported_1', vendor: 'groq' })
  expect((await explain('m', ['unreported_1'])).chosen?.providerName).toBe('unreported_1')
})

test('a provider added at run time is soon reported to have no key', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const name = `${fixture.nameOf('a')}_later`
  await api.client.providers.upsert.mutate({
    name,
    vendor: 'custom',
    models: [fixture.model],
    metadata: { apiKeyEnv: 'KEY_LATER', baseUrl: fixture.vendor.baseUrl },
  })
  // A readiness probe makes the gateway refresh its routing.
  await expect
    .poll(async () => {
      await fetch(`${fixture.origin}/readyz`)
      return (await explain(fixture.model, [name])).skipped[0]?.reasons[0]?.code
    })
    .toBe('no_key')
})

test('an invalid report is refused with the field', async () => {
  const key = { providerName: 'a', variable: 'A', reason: null, isNew: true, check: null }
  for (const [keys, field] of [
    [[{ ...key, fingerprint: 'sk-a-real-key' }], 'keys.0.fingerprint'],
    [
      [
        { ...key, fingerprint: null },
        { ...key, fingerprint: null },
      ],
      'keys',
    ],
    [[{ ...key, fingerprint: null, variable: 'A\u0000' }], 'keys.0.variable'],
  ] as const) {
    await expect(api.client.keys.report.mutate({ gateway: 'g', keys: [...keys] })).rejects.toMatchObject({
      data: { code: 'BAD_REQUEST', field },
    })
  }
})
