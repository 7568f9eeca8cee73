import { createApiDatabase, startVendorStandIn } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { slowly, startTestGateway } from './fixture.js'
import { statusOfHello } from './say-hello.js'
import { startTestApi } from './test-api.js'

test('routing that is changed at one API is used by the gateway of another, as the dry run said', async () => {
  const database = await createApiDatabase()
  await using vendor = await startVendorStandIn({ apiKeys: ['key-a', 'key-b'] })
  const config = 'providers: []\n'
  await using one = await startTestApi({ databaseUrl: database.url, config })
  await using other = await startTestApi({ databaseUrl: database.url, config })
  for (const name of ['a', 'b'])
    await one.client.providers.upsert.mutate({
      ...{ name: `key_${name}`, vendor: 'openai', models: ['gpt-*'], limits: [] },
      metadata: { baseUrl: vendor.baseUrl, apiKeyEnv: `KEY_${name.toUpperCase()}` },
    })
  const keys = { KEY_A: 'key-a', KEY_B: 'key-b' }
  await using gateway = await startTestGateway(other, keys)
  expect(await statusOfHello(gateway, 'fast')).toBe(404)
  const { revision } = await one.client.routing.settings.query()
  const proposed = {
    strategy: 'priority',
    aliases: { fast: ['nobody-serves-it', 'gpt-4o-mini'] },
    priorities: { key_b: 1 },
  } as const
  const { candidates } = await other.client.routing.explain.mutate({ model: 'fast', proposed })
  expect(candidates.map(({ providerName, use }) => [providerName, use])).toEqual([
    ['key_b', 'first'],
    ['key_a', 'next'],
  ])
  await one.client.routing.update.mutate({ expectedRevision: revision, ...proposed })
  const usedKey = async () => {
    const status = await statusOfHello(gateway, 'fast')
    return status === 200 ? vendor.calls.at(-1)?.headers['authorization'] : status
  }
  await expect.poll(usedKey, slowly).toBe('Bearer key-b')
  expect(vendor.calls.at(-1)?.model).toBe('gpt-4o-mini')
  const saved = await other.client.routing.settings.query()
  await other.client.routing.update.mutate({
    ...{ expectedRevision: saved.revision, strategy: 'priority', aliases: saved.aliases },
    priorities: { key_a: 0 },
  })
  await expect.poll(usedKey, slowly).toBe('Bearer key-a')
  // Back to the defaults: the alias is no name any more.
  const { revision: last } = await one.client.routing.settings.query()
  await one.client.routing.update.mutate({ expectedRevision: last })
  await expect.poll(usedKey, slowly).toBe(404)
})
