import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApiDatabase } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { makeFolder, startApiInstance, startApiProcess } from './api-process.js'

const provider = (name: string, max: number): string =>
  `  - { name: ${name}, vendor: groq, limits: { requests/day: ${max} } }\n`

test('a changed file is applied without a restart, all or nothing', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  const file = join(folder.path, 'quotakeeper.config.yaml')
  await writeFile(file, `providers:\n${provider('one', 1)}${provider('two', 2)}`)
  await using api = await startApiProcess(folder, {
    ...{ QUOTA_DATABASE_URL: database.url, HOOK_URL: 'http://127.0.0.1:9/' },
  })
  const maxima = async () => {
    const { rows } = await api.client.providers.list.query()
    return rows.map(({ name, limits }) => [name, limits[0]?.max])
  }
  const receivers = async () =>
    (await api.client.alerts.test.mutate()).deliveries.map(({ channel }) => channel)
  const prices = async () => (await api.client.routing.get.query()).prices
  expect([await receivers(), await prices()]).toEqual([[], []])
  const more =
    'prices: { "groq/*": { input: $7, output: $8 } }\nalerts: { send: [{ slack: { urlEnv: HOOK_URL } }, { slack: { urlEnv: LATER_URL } }] }\n'
  await writeFile(file, `providers:\n${provider('two', 20)}${provider('three', 3)}${more}`)
  await expect.poll(maxima).toEqual([
    ['three', 3],
    ['two', 20],
  ])
  await expect.poll(receivers).toEqual(['slack:HOOK_URL'])
  expect(await prices()).toMatchObject([{ pattern: 'groq/*' }])
  await writeFile(join(folder.path, '.env'), 'LATER_URL=http://127.0.0.1:9/\n')
  await expect.poll(receivers).toEqual(['slack:HOOK_URL', 'slack:LATER_URL'])
  await writeFile(file, `providers:\n${provider('two', 200)}  - { name: four, vendor: nobody }\n`)
  await api.process.waitForOutput(/unknown vendor/)
  expect(await maxima()).toEqual([
    ['three', 3],
    ['two', 20],
  ])
  await api[Symbol.asyncDispose]()
  await database.drop()
})

test('a key cannot be entered for a provider whose key the file names', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  const file = join(folder.path, 'quotakeeper.config.yaml')
  await writeFile(file, 'providers:\n  - { name: one, vendor: groq, apiKeyEnv: KEY_ONE }\n')
  await using api = await startApiInstance(folder, { QUOTA_DATABASE_URL: database.url })
  const sealed = { ciphertext: 'a'.repeat(120), keyPairId: '0'.repeat(16) }
  const entered = api.client.keys.enter.mutate({ providerName: 'one', ...sealed })
  await expect(entered).rejects.toMatchObject({
    message: expect.stringContaining('names where the key of "one" is'),
    data: { code: 'CONFLICT', quotaCode: 'MANAGED_BY_FILE' },
  })
  await api[Symbol.asyncDispose]()
  await database.drop()
})

test('a file that is created while running is applied, and kept when it goes, until it is back', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  const file = join(folder.path, 'quotakeeper.config.yaml')
  const environment = { QUOTA_DATABASE_URL: database.url, GEMINI_API_KEY: 'a' }
  const api = await startApiProcess(folder, environment)
  const names = async () => (await api.client.providers.list.query()).rows.map(({ name }) => name)
  expect(await names()).toContain('gemini_1')
  expect((await api.client.system.health.query()).configFile).toBeNull()

  await writeFile(file, `providers:\n${provider('one', 1)}`)
  await api.process.waitForOutput(/the new configuration file is applied/)
  expect(await names()).toEqual(['one'])
  expect((await api.client.system.health.query()).configFile).toBe('quotakeeper.config.yaml')
  // A key in .env adds no samples any more.
  await writeFile(join(folder.path, '.env'), 'OPENAI_API_KEY=b\n')
  await api.process.waitForOutput(/changed variables are applied/)
  expect(await names()).toEqual(['one'])

  await rm(file)
  await api.process.waitForOutput(/the configuration file is gone: what it had set stays in use/)
  expect(await names()).toEqual(['one'])
  await writeFile(file, `providers:\n${provider('two', 2)}`)
  await api.process.waitForOutput(/the configuration file is back, and is applied/)
  expect(await names()).toEqual(['two'])
  await api[Symbol.asyncDispose]()

  await rm(file)
  const again = await startApiProcess(folder, environment)
  await again.process.waitForOutput(/the providers of an earlier one are kept, and no samples are added/)
  expect(again.process.output()).not.toContain('sample providers are used')
  await again[Symbol.asyncDispose]()
  await database.drop()
})
