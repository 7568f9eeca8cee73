import { enterKey, enterProvider, sealKey } from '@quotakeeper/server-kit/sealing'
import { createApiDatabase, freePort, isThorough, startVendorStandIn } from '@quotakeeper/test-kit'
import { beforeAll, type ExpectStatic, test } from 'vitest'
import { errorOf, slowly, startLoggedGateway } from './fixture.js'
import { sayHello, statusOfHello } from './say-hello.js'
import { startTestApi, type TestApi } from './test-api.js'
import { startGateway } from './test-gateway.js'

const secret = (digit: string): string => digit.repeat(64)
const plainKey = 'sk-planted-5f1e0c2b9a7d4e63'
const otherKey = 'sk-planted-second-77aa88bb99cc'

const reasonOf = async (response: Response): Promise<string> => (await errorOf(response)).message

async function whenOn(api: TestApi, expect: ExpectStatic): Promise<void> {
  await expect.poll(async () => (await api.client.keys.entered.query()).isOn).toBe(true)
}

/** An API and the port at which it looks for its gateway. */
async function startPair(databaseUrl?: string): Promise<{ readonly api: TestApi; readonly port: string }> {
  const port = String(await freePort())
  const environment = { QUOTA_GATEWAY_PORT: port, QUOTA_LOG_LEVEL: 'debug' }
  return {
    api: await startTestApi({ environment, ...(databaseUrl === undefined ? {} : { databaseUrl }) }),
    port,
  }
}

/** Enters a key for a provider of OpenAI, as the page and the command line do. */
const enter = (api: TestApi, providerName: string, { key, baseUrl }: { key: string; baseUrl: string }) =>
  enterKey(api.client, { ...{ providerName, key, baseUrl }, vendor: 'openai', anyway: false })

test.concurrent('a key that is entered is used without a restart, replaced and removed, and found nowhere', async ({
  expect,
}) => {
  const database = await createApiDatabase()
  const restKey = 'sk-planted-by-rest-123456'
  await using vendor = await startVendorStandIn({ apiKeys: [plainKey, otherKey, restKey] })
  const { baseUrl } = vendor
  const { api, port } = await startPair(database.url)
  await using gateway = await startGateway({
    QUOTA_API_URL: api.origin,
    QUOTA_GATEWAY_PORT: port,
    QUOTA_LOG_LEVEL: 'debug',
    QUOTA_SEALING_KEY: secret('a'),
  })
  await whenOn(api, expect)
  const providerName = 'entered_1'
  const metadata = { baseUrl }
  await api.client.providers.upsert.mutate({ name: providerName, vendor: 'openai', limits: [], metadata })
  expect(await statusOfHello(gateway, `${providerName}/m`)).toBe(503)
  const answers: unknown[] = [await enter(api, providerName, { key: ` ${plainKey}\n`, baseUrl })]
  await expect.poll(() => statusOfHello(gateway, `${providerName}/m`), slowly).toBe(200)
  expect(vendor.calls.at(-1)?.headers['authorization']).toBe(`Bearer ${plainKey}`)

  answers.push(await enter(api, providerName, { key: otherKey, baseUrl }))
  await expect
    .poll(async () => {
      await sayHello(gateway, `${providerName}/m`)
      return vendor.calls.at(-1)?.headers['authorization']
    }, slowly)
    .toBe(`Bearer ${otherKey}`)

  const put = (path: string, body: object): Promise<Response> =>
    fetch(`${api.origin}/api/v1/keys/${providerName}${path}`, {
      ...{ method: 'PUT', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify(body),
    })
  const { keyPairId, publicKey } = await api.client.keys.entered.query()
  if (publicKey === null) throw new Error('no key to seal with')
  const place = { providerName, vendor: 'openai', baseUrl }
  const ciphertext = await sealKey(restKey, { publicKey }, place)
  const byRest = await put('/sealed', { ciphertext, keyPairId })
  expect(byRest.status).toBe(200)
  answers.push(await byRest.json())
  // The API takes no key in plain text, and refused inputs are not repeated in errors.
  const bad = 'sk-planted bad\u0001key'
  const plain = await put('', { key: plainKey })
  expect(plain.status).toBe(405)
  answers.push(await plain.text())
  for (const input of [
    { ciphertext: bad },
    { ciphertext, key: bad },
    { key: plainKey },
    { ciphertext: [bad] },
  ]) {
    const refused = await put('/sealed', { keyPairId, ...input })
    expect(refused.status).toBe(400)
    answers.push(await refused.text())
  }
  for (const path of ['keys', 'keys/entered', 'keys/sealed', 'routing', 'audit', 'providers', 'stats'])
    answers.push(await (await fetch(`${api.origin}/api/v1/${path}`)).text())
  expect(JSON.stringify(answers)).toContain('keys.enter')

  await api.client.keys.remove.mutate({ providerName })
  await expect.poll(() => statusOfHello(gateway, `${providerName}/m`), slowly).toBe(503)
  const stored = await database.dump()
  expect(stored).toContain('sealed_key')
  await gateway.process.kill('SIGABRT')
  for (const text of [JSON.stringify(answers), stored, api.output(), gateway.process.output()])
    for (const key of [plainKey, otherKey, restKey, bad, 'sk-planted']) expect(text).not.toContain(key)
  await api[Symbol.asyncDispose]()
  await database.drop()
})

test.concurrent('a gateway without the secret names the key it cannot open, and serves with the others', async ({
  expect,
}) => {
  await using vendor = await startVendorStandIn()
  const { api: started, port } = await startPair()
  await using api = started
  const start = (sealingKey: string) =>
    startLoggedGateway({
      ...{ QUOTA_API_URL: api.origin, QUOTA_GATEWAY_PORT: port },
      QUOTA_SEALING_KEY: sealingKey,
    })
  const { baseUrl } = vendor
  const metadata = { baseUrl }
  {
    await using gateway = await start(secret('b'))
    await whenOn(api, expect)
    for (const name of ['old_1', 'new_1'])
      await api.client.providers.upsert.mutate({ name, vendor: 'openai', limits: [], metadata })
    await enter(api, 'old_1', { key: plainKey, baseUrl })
    await expect.poll(() => statusOfHello(gateway, 'old_1/m'), slowly).toBe(200)
  }
  // Another secret first; the former one still opens.
  const { entered: stored } = await (async () => {
    await using gateway = await start(`${secret('c')},${secret('b')}`)
    await expect.poll(() => statusOfHello(gateway, 'old_1/m'), slowly).toBe(200)
    return await enter(api, 'new_1', { key: otherKey, baseUrl })
  })()
  await using gateway = await start(secret('c'))
  await expect.poll(() => statusOfHello(gateway, 'new_1/m'), slowly).toBe(200)
  // This route needs no token, so it names no provider.
  expect(await (await fetch(`${gateway.origin}/readyz`)).json()).toEqual({ status: 'ok', keysNotOpened: 1 })
  expect(await reasonOf(await sayHello(gateway, 'old_1/m'))).toContain('not in QUOTA_SEALING_KEY')
  const reports = await api.client.keys.list.query()
  expect(reports.find(({ providerName }) => providerName === 'old_1')?.reason).toMatch(/cannot be opened/)
  expect((await api.client.keys.entered.query()).keyPairId).toBe(stored?.keyPairId)
})

test.concurrent('a key is bound to its provider and address', async ({ expect }) => {
  await using vendor = await startVendorStandIn()
  await using elsewhere = await startVendorStandIn()
  const { api: started, port } = await startPair()
  await using api = started
  await using gateway = await startLoggedGateway({
    ...{ QUOTA_API_URL: api.origin, QUOTA_GATEWAY_PORT: port },
    QUOTA_SEALING_KEY: secret('d'),
  })
  await whenOn(api, expect)
  const upsert = (baseUrl: string) =>
    api.client.providers.upsert.mutate({
      ...{ name: 'bound_1', vendor: 'openai', limits: [] },
      metadata: { baseUrl },
    })
  await upsert(vendor.baseUrl)
  await enter(api, 'bound_1', { key: plainKey, baseUrl: vendor.baseUrl })
  await expect.poll(() => statusOfHello(gateway, 'bound_1/m'), slowly).toBe(200)
  await upsert(elsewhere.baseUrl)
  await expect
    .poll(async () => reasonOf(await sayHello(gateway, 'bound_1/m')), slowly)
    .toContain('enter the key again')
  expect(elsewhere.calls).toEqual([])
  // One of the same name that is made later does not get it.
  await api.client.providers.remove.mutate({ name: 'bound_1' })
  await upsert(vendor.baseUrl)
  expect((await api.client.keys.entered.query()).keys).toEqual([])
})

let withoutSecret: TestApi
beforeAll(async () => {
  withoutSecret = await startTestApi()
  return () => withoutSecret[Symbol.asyncDispose]()
})

test.concurrent('without a secret adding keys is off, and says what to set', async ({ expect }) => {
  const { client } = withoutSecret
  expect(await client.keys.entered.query()).toMatchObject({
    isOn: false,
    reason: expect.stringContaining('no gateway is running'),
  })
  await using gateway = await startLoggedGateway({ QUOTA_API_URL: withoutSecret.origin })
  await expect
    .poll(async () => (await client.keys.entered.query()).reason)
    .toContain('set QUOTA_SEALING_KEY for every gateway')
  const sealed = { ciphertext: 'a'.repeat(120), keyPairId: '0'.repeat(16) }
  await expect(client.keys.enter.mutate({ providerName: 'groq_1', ...sealed })).rejects.toThrow(
    /QUOTA_SEALING_KEY/,
  )
  const refused = await fetch(`${withoutSecret.origin}/api/v1/keys/groq_1/sealed`, {
    ...{ method: 'PUT', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify(sealed),
  })
  expect(await refused.json()).toMatchObject({ status: 412, title: 'Precondition Failed' })
  expect(gateway.output()).not.toContain('failed')
})

test.concurrent('a key that is sealed by its sender is checked by the gateway and stored, and the API never has it', async ({
  expect,
}) => {
  await using vendor = await startVendorStandIn({ apiKeys: [plainKey] })
  const port = await freePort()
  const database = await createApiDatabase()
  const token = 'of-the-gateway-5d1c'
  await using api = await startTestApi({
    databaseUrl: database.url,
    environment: { QUOTA_GATEWAY_PORT: String(port), QUOTA_GATEWAY_TOKEN: token, QUOTA_LOG_LEVEL: 'debug' },
  })
  const providerName = 'sealed_1'
  const baseUrl = vendor.baseUrl
  const { client } = api
  await client.providers.upsert.mutate({
    name: providerName,
    vendor: 'openai',
    limits: [],
    metadata: { baseUrl },
  })
  expect((await client.gateway.get.query()).fault).toContain('the gateway does not answer')
  await using gateway = await startLoggedGateway({
    QUOTA_API_URL: api.origin,
    QUOTA_GATEWAY_PORT: String(port),
    QUOTA_GATEWAY_TOKEN: token,
    QUOTA_SEALING_KEY: secret('e'),
  })
  expect(await client.gateway.get.query()).toEqual({
    url: `http://127.0.0.1:${port}`,
    needsToken: true,
    fault: null,
  })
  await whenOn(api, expect)
  const { keyPairId, publicKey } = await client.keys.entered.query()
  if (keyPairId === null || publicKey === null) throw new Error('no key to seal with')
  const place = { providerName, vendor: 'openai', baseUrl }
  const enterFor = async (
    key: string,
    options: { readonly anyway?: boolean; readonly place?: object } = {},
  ) =>
    client.keys.enter.mutate({
      ...{ providerName, keyPairId, anyway: options.anyway },
      ciphertext: await sealKey(key, { publicKey }, { ...place, ...options.place }),
    })
  // One that the vendor refuses is not stored, unless that is wanted.
  expect(await enterFor(otherKey)).toMatchObject({
    check: { result: 'refused', httpStatus: 401 },
    entered: null,
  })
  expect((await client.keys.entered.query()).keys).toEqual([])
  await expect(enterFor(plainKey, { place: { baseUrl: null } })).rejects.toThrow(
    /sealed for another provider/,
  )
  const ciphertext = await sealKey(plainKey, { publicKey }, place)
  await expect(
    client.keys.enter.mutate({ providerName, keyPairId: '0'.repeat(16), ciphertext }),
  ).rejects.toMatchObject({
    message: expect.stringContaining('enter the key again'),
    data: { code: 'CONFLICT' },
  })
  const stored = await enterFor(plainKey)
  expect(stored).toMatchObject({
    check: { result: 'ok', remedy: null },
    entered: { providerName, sameAs: null },
  })
  await expect
    .poll(
      async () => (await client.gateway.chat.mutate({ model: `${providerName}/m`, prompt: 'Hi' })).httpStatus,
    )
    .toBe(200)
  const called = await client.gateway.chat.mutate({ model: `${providerName}/m`, prompt: 'Say hello.' })
  expect(called).toMatchObject({ text: expect.stringMatching(/\w/), refusal: null })
  await expect
    .poll(async () => {
      const { rows } = await client.requests.list.query({ pageSize: 10 })
      return rows.some(({ requestId }) => requestId === called.requestId)
    })
    .toBe(true)
  expect(await client.gateway.chat.mutate({ model: 'groq_2/m', prompt: 'Hi' })).toMatchObject({ text: null })
  expect(await client.keys.check.mutate({ providerName })).toMatchObject({ result: 'ok' })
  // The fingerprint is that of the key, whatever provider it is for.
  await client.providers.upsert.mutate({
    name: 'sealed_2',
    vendor: 'openai',
    limits: [],
    metadata: { baseUrl },
  })
  expect((await enter(api, 'sealed_2', { key: plainKey, baseUrl })).entered).toMatchObject({
    fingerprint: stored.entered?.fingerprint,
    sameAs: providerName,
  })
  expect((await enterFor(otherKey, { anyway: true })).entered).not.toBeNull()
  const dumped = await database.dump()
  for (const text of [dumped, api.output(), gateway.output()])
    for (const key of [plainKey, otherKey]) expect(text).not.toContain(key)
  await api[Symbol.asyncDispose]()
  await database.drop()
})

test.concurrent('who adds a provider whose key is refused removes it, and never one that somebody else adds at the same time', async ({
  expect,
}) => {
  await using vendor = await startVendorStandIn({ apiKeys: [plainKey] })
  const { api: started, port } = await startPair()
  await using api = started
  await using _gateway = await startLoggedGateway({
    ...{ QUOTA_API_URL: api.origin, QUOTA_GATEWAY_PORT: port, QUOTA_SEALING_KEY: secret('f') },
  })
  await whenOn(api, expect)
  const { baseUrl } = vendor
  const { keys, providers } = api.client
  const entryOf = (key: string) => ({ key, baseUrl, vendor: 'openai', anyway: false })
  const madeBy = (name: string, label: string) => ({
    ...{ name, vendor: 'openai', limits: [], metadata: { baseUrl, label } },
  })
  const labelOf = async (name: string): Promise<unknown> =>
    (await providers.list.query()).rows.find(row => row.name === name)?.metadata['label'] ?? null
  for (let round = 0; round < (isThorough ? 6 : 2); round++) {
    const name = `both_${round}`
    const add = (key: string) =>
      enterProvider(api.client, madeBy(name, key), entryOf(key), null).then(
        ({ entered }) => (entered === null ? 'refused' : 'entered'),
        (error: unknown) => error,
      )
    const orders = round % 2 === 0 ? [plainKey, otherKey] : [otherKey, plainKey]
    const answers = await Promise.all(orders.map(add))
    const [good, bad] = round % 2 === 0 ? answers : answers.toReversed()
    // One of them has the name, or each in turn.
    for (const answer of [good, bad])
      if (typeof answer !== 'string') expect(answer).toMatchObject({ data: { quotaCode: 'NAME_TAKEN' } })
    expect(['entered', 'refused']).toContain([good, bad].find(answer => typeof answer === 'string'))
    expect(await labelOf(name)).toBe(good === 'entered' ? plainKey : null)
  }

  // Another is made of the name while the key is checked.
  const slower = {
    providers,
    keys: {
      entered: keys.entered,
      remove: keys.remove,
      enter: {
        mutate: async (sealed: Parameters<typeof keys.enter.mutate>[0]) => {
          const answer = await keys.enter.mutate(sealed)
          await providers.remove.mutate({ name: 'again' })
          await providers.upsert.mutate(madeBy('again', 'somebody else'))
          return answer
        },
      },
    },
  }
  const { entered } = await enterProvider(slower, madeBy('again', 'first'), entryOf(otherKey), null)
  expect([entered, await labelOf('again')]).toEqual([null, 'somebody else'])
})
