import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sealKey } from '@quotakeeper/server-kit/sealing'
import { createApiDatabase, startVendorStandIn } from '@quotakeeper/test-kit'
import { test } from 'vitest'
import { errorOf, slowly, startLoggedGateway, startTestGateway } from './fixture.js'
import { sayHello } from './say-hello.js'
import { startTestApi, startTestApiProcess } from './test-api.js'

const first = 'sk-planted-file-1c7e90aa54'
const second = 'sk-planted-file-after-88d2'
const sealing = 'e'.repeat(64)

test.concurrent('a key in a file is used, read again when it changes, and found nowhere', async ({
  expect,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-keys-'))
  const file = join(folder, 'filed_1')
  await writeFile(file, `${first}\n`)
  const database = await createApiDatabase()
  await using vendor = await startVendorStandIn({ apiKeys: [first, second] })
  const provider = (more: string): string =>
    `providers:\n  - { name: filed_1, vendor: openai, baseUrl: "${vendor.baseUrl}", ${more} }\n`
  await using api = await startTestApi({
    databaseUrl: database.url,
    config: provider(`apiKeyFile: "${file}"`),
  })
  await using gateway = await startLoggedGateway({
    QUOTA_API_URL: api.origin,
    QUOTA_LOG_LEVEL: 'debug',
    QUOTA_SEALING_KEY: sealing,
  })
  const answers: string[] = []
  const status = async (): Promise<number> => {
    const response = await sayHello(gateway, 'filed_1/m')
    answers.push(await response.text())
    return response.status
  }
  expect(await status()).toBe(200)
  expect(vendor.calls.at(-1)?.headers['authorization']).toBe(`Bearer ${first}`)

  // As a mounted secret is replaced: by another file of the name.
  await writeFile(join(folder, 'next'), second)
  await rename(join(folder, 'next'), file)
  await expect
    .poll(async () => {
      await status()
      return vendor.calls.at(-1)?.headers['authorization']
    }, slowly)
    .toBe(`Bearer ${second}`)

  const reason = async (): Promise<string> => (await errorOf(await sayHello(gateway, 'filed_1/m'))).message
  for (const [content, remedy] of [
    [`${first}\n${second}\n`, 'must hold the key alone, on one line'],
    ['', 'is empty: write the key into it'],
    ['x'.repeat(8_193), 'is larger than 8192 bytes'],
    [sealing, 'holds a secret of Quotakeeper'],
  ] as const) {
    await writeFile(file, content)
    await expect.poll(reason, slowly).toContain(`apiKeyFile: ${file} ${remedy}`)
  }
  await rm(file)
  await expect.poll(reason, slowly).toContain('mount the secret there, or change apiKeyFile')
  await expect
    .poll(async () => (await api.client.keys.list.query()).map(({ reason: said }) => said))
    .toEqual([expect.stringContaining('is not there')])
  const calls = vendor.calls.length
  expect(await status()).toBe(503)
  expect(vendor.calls.length).toBe(calls)

  await writeFile(file, first)
  await chmod(file, 0o400)
  await expect.poll(status, slowly).toBe(200)
  for (const path of ['keys', 'keys/entered', 'keys/sealed', 'routing', 'audit', 'providers', 'stats'])
    answers.push(await (await fetch(`${api.origin}/api/v1/${path}`)).text())
  // The file decides where the key is; it is not entered beside it.
  const sealed = { ciphertext: 'a'.repeat(120), keyPairId: '0'.repeat(16) }
  await expect(api.client.keys.enter.mutate({ providerName: 'filed_1', ...sealed })).rejects.toThrow(
    /the configuration file names where the key of "filed_1" is/,
  )
  const stored = await database.dump()
  await gateway.stop()
  for (const text of [...answers, stored, api.output(), gateway.output()])
    for (const key of [first, second, sealing, 'sk-planted']) expect(text).not.toContain(key)
  expect(gateway.output()).toContain('key files have changed')
  await api[Symbol.asyncDispose]()
  await database.drop()
  await rm(folder, { recursive: true })
})

test.concurrent('a key that is to be checked is that of the request, not that of the file', async ({
  expect,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-keys-'))
  const file = join(folder, 'filed_1')
  await writeFile(file, first)
  await using vendor = await startVendorStandIn({ apiKeys: [first, second] })
  const settings = `name: filed_1, vendor: openai, baseUrl: "${vendor.baseUrl}", apiKeyFile: "${file}"`
  await using api = await startTestApi({ config: `providers:\n  - { ${settings} }\n` })
  await using gateway = await startTestGateway(api, { QUOTA_SEALING_KEY: 'f'.repeat(64) })
  await expect.poll(async () => (await api.client.keys.entered.query()).isOn).toBe(true)
  const { keyPairId, publicKey } = await api.client.keys.entered.query()
  if (publicKey === null) throw new Error('no key to seal with')
  const place = { providerName: 'filed_1', vendor: 'openai', baseUrl: vendor.baseUrl }
  const check = async (key?: string): Promise<unknown> => {
    const ciphertext = key === undefined ? null : await sealKey(key, { publicKey }, place)
    const sealed = ciphertext === null ? null : { ciphertext, keyPairId }
    const response = await fetch(`${gateway.origin}/v1/keys/check`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ providerName: 'filed_1', sealed }),
    })
    return response.json()
  }
  expect(await check()).toMatchObject({ keys: [{ result: 'ok' }] })
  expect(await check(second)).toMatchObject({ keys: [{ result: 'ok' }] })
  expect(vendor.calls.at(-1)?.headers['authorization']).toBe(`Bearer ${second}`)
  expect(await check('sk-of-no-account')).toMatchObject({ keys: [{ result: 'refused' }] })
  await rm(folder, { recursive: true })
})

test.concurrent('over the API no file is named, and one that the configuration has left is not read', async ({
  expect,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-keys-'))
  const file = join(folder, 'left_1')
  await writeFile(file, first)
  await using vendor = await startVendorStandIn({ apiKeys: [first] })
  const settings = `name: left_1, vendor: openai, baseUrl: "${vendor.baseUrl}"`
  await using api = await startTestApiProcess({
    config: `providers:\n  - { ${settings}, apiKeyFile: "${file}" }\n`,
  })
  const metadata = { apiKeyFile: file, baseUrl: vendor.baseUrl }
  const upsert = (name: string, given: typeof metadata | undefined) =>
    api.client.providers.upsert.mutate({
      ...{ name, vendor: 'openai', limits: [] },
      ...(given && { metadata: given }),
    })
  await expect(upsert('mine_1', metadata)).rejects.toThrow(
    /metadata.apiKeyFile: is accepted from the configuration file alone: set apiKeyFile of the provider there/,
  )
  const named = async (): Promise<unknown> =>
    (await api.client.routing.get.query()).providers.map(({ apiKeyFile }) => apiKeyFile)
  expect(await named()).toEqual([file])
  await api.configure('providers: []\n')
  await expect.poll(named).toEqual([])
  await upsert('left_1', undefined)
  expect(await named()).toEqual([undefined])
  await rm(folder, { recursive: true })
})
