import { beforeAll, expect, test } from 'vitest'
import { setScene } from './scene.js'
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

test('a key that no gateway has takes no call, and the variable to set is named', async () => {
  await using scene = await setScene(api, { keys: { unset: { isUnset: true }, set: {} } })
  const [unset, set] = [scene.nameOf('unset'), scene.nameOf('set')]
  const { chosen, skipped } = await explain(scene.model, [unset, set])
  expect(chosen?.providerName).toBe(set)
  expect(skipped).toMatchObject([
    { providerName: unset, reasons: [{ code: 'no_key', variable: 'KEY_UNSET', retryAt: null }] },
  ])
  expect(await explain(scene.model, [unset])).toMatchObject({ chosen: null, retryAt: null })
  // Others make calls with keys of their own: what holds quota for them asks no gateway.
  const granted = await api.client.quota.reserve.mutate({ providerName: unset, model: scene.model })
  expect(granted.decision).toBe('granted')
  expect(await api.client.quota.isAvailable.query({ providerName: unset, model: scene.model })).toMatchObject(
    {
      available: true,
    },
  )
})

test('where another gateway has the key, it takes the call', async () => {
  await using scene = await setScene(api, { keys: { one: { isUnset: true } } })
  const one = scene.nameOf('one')
  expect((await explain(scene.model, [one])).chosen).toBeNull()
  const fingerprint = 'f'.repeat(32)
  const key = { providerName: one, variable: 'KEY_ONE', fingerprint, reason: null, isNew: true, check: null }
  await api.client.keys.report.mutate({ gateway: 'another:4100', keys: [key] })
  expect((await explain(scene.model, [one])).chosen?.providerName).toBe(one)
})

test('without a gateway’s report nothing is known of keys, and nothing is skipped for them', async () => {
  await api.client.providers.upsert.mutate({ name: 'unreported_1', vendor: 'groq' })
  expect((await explain('m', ['unreported_1'])).chosen?.providerName).toBe('unreported_1')
})

test('a provider that is added while the gateway runs is soon known to have no key', async () => {
  await using scene = await setScene(api, { keys: { a: {} } })
  const name = `${scene.nameOf('a')}_later`
  await api.client.providers.upsert.mutate({
    name,
    vendor: 'custom',
    models: [scene.model],
    metadata: { apiKeyEnv: 'KEY_LATER', baseUrl: scene.vendor.baseUrl },
  })
  // Who asks whether the gateway is ready has it read its routing anew.
  await expect
    .poll(async () => {
      await fetch(`${scene.origin}/readyz`)
      return (await explain(scene.model, [name])).skipped[0]?.reasons[0]?.code
    })
    .toBe('no_key')
})

test('a report that is no such thing is refused, naming the field', async () => {
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
