import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApiDatabase } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { makeFolder, startApiProcess } from './api-process.js'

const provider = (name: string, max: number): string =>
  `  - { name: ${name}, vendor: groq, limits: { requests/day: ${max} } }\n`

test('providers of a changed file are applied without a restart, all or nothing', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  const file = join(folder.path, 'quotakeeper.config.yaml')
  await writeFile(file, `providers:\n${provider('one', 1)}${provider('two', 2)}`)
  await using api = await startApiProcess(folder, { QUOTA_DATABASE_URL: database.url })
  const maxima = async () => {
    const { rows } = await api.client.providers.list.query()
    return rows.map(({ name, limits }) => [name, limits[0]?.max])
  }
  await writeFile(file, `providers:\n${provider('two', 20)}${provider('three', 3)}`)
  await expect.poll(maxima).toEqual([
    ['three', 3],
    ['two', 20],
  ])
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
  await using api = await startApiProcess(folder, { QUOTA_DATABASE_URL: database.url })
  const sealed = { ciphertext: 'a'.repeat(120), keyPairId: '0'.repeat(16) }
  const entered = api.client.keys.enter.mutate({ providerName: 'one', ...sealed })
  await expect(entered).rejects.toMatchObject({
    message: expect.stringContaining('names where the key of "one" is'),
    data: { code: 'CONFLICT', quotaCode: 'MANAGED_BY_FILE' },
  })
  await api[Symbol.asyncDispose]()
  await database.drop()
})
