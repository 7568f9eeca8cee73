import { createHash } from 'node:crypto'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, type Fixture, slowly, startFixture, startTestGateway } from './fixture.js'
import { startTestApi, startTestApiProcess, type TestApi } from './test-api.js'

const rootToken = 'the-root-token-of-the-gateway'

let api: TestApi
let fixture: Fixture
beforeAll(async () => {
  api = await startTestApi({ config: 'providers: []' })
  fixture = await startFixture(api, { keys: { a: {} }, environment: { QUOTA_GATEWAY_TOKEN: rootToken } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})

let names = 0

async function makeToken(
  more: Partial<Parameters<TestApi['client']['tokens']['create']['mutate']>[0]> = {},
): Promise<{ readonly name: string; readonly secret: string }> {
  const name = `token ${++names}`
  const { secret } = await api.client.tokens.create.mutate({ name, scopes: ['call'], ...more })
  return { name, secret: secret ?? '' }
}

function clientOf(secret: string, origin = fixture.origin, headers: Record<string, string> = {}): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey: secret, maxRetries: 0, defaultHeaders: headers })
}

const hello = () => ({ model: fixture.model, messages: [{ role: 'user' as const, content: 'Say hello.' }] })

const countOf = async (consumer: string) => {
  const { rows } = await api.client.usage.ledger.query({ consumer, pageSize: 1_000 })
  return rows.length
}

describe('a client with a token', () => {
  test('calls and lists models, for the token’s consumer', async () => {
    const { secret } = await makeToken({ consumer: 'acme' })
    const client = clientOf(secret)
    const answer = await client.chat.completions.create(hello())
    expect(answer.choices).toHaveLength(1)
    expect((await client.models.list()).data.map(({ id }) => id)).toContain(fixture.model)
    await expect.poll(() => countOf('acme')).toBe(1)
    const { rows } = await api.client.usage.ledger.query({ consumer: 'acme' })
    await expect
      .poll(async () => (await api.client.requests.list.query({})).rows.map(({ consumer }) => consumer))
      .toContain('acme')
    expect(rows.map(({ providerName }) => providerName)).toEqual([fixture.nameOf('a')])
  })

  test('cannot name a consumer of others: nothing is called or charged', async () => {
    const { secret } = await makeToken({ consumer: 'acme' })
    const before = fixture.vendor.calls.length
    const client = clientOf(secret, fixture.origin, { 'x-quotakeeper-consumer': 'globex' })
    await expect(client.chat.completions.create(hello())).rejects.toMatchObject({
      status: 403,
      code: 'consumer_not_allowed',
      param: 'x-quotakeeper-consumer',
    })
    await expect(client.models.list()).rejects.toMatchObject({ status: 403 })
    expect(fixture.vendor.calls).toHaveLength(before)
    expect(await countOf('globex')).toBe(0)
    const own = clientOf(secret, fixture.origin, { 'x-quotakeeper-consumer': 'acme' })
    expect((await own.chat.completions.create(hello())).choices).toHaveLength(1)
  })

  test('without a consumer names any, as the root does', async () => {
    const { secret } = await makeToken()
    for (const [index, key] of [secret, rootToken].entries()) {
      const consumer = `label ${index}`
      const client = clientOf(key, fixture.origin, { 'x-quotakeeper-consumer': consumer })
      await client.chat.completions.create(hello())
      await expect.poll(() => countOf(consumer)).toBe(1)
    }
  })

  test('needs the scope, and none of a consumer reads what is the operator’s', async () => {
    const reader = await makeToken({ scopes: ['read', 'record', 'admin'] })
    await expect(clientOf(reader.secret).chat.completions.create(hello())).rejects.toMatchObject({
      status: 403,
      code: 'insufficient_scope',
      type: 'permission_error',
    })
    const acme = await makeToken({ scopes: ['call', 'read', 'record', 'admin'], consumer: 'acme' })
    const caller = await makeToken({ scopes: ['call'] })
    for (const [method, path] of [
      ['GET', '/metrics'],
      ['GET', '/v1/settlements/set-aside'],
      ['POST', '/v1/keys/check'],
    ] as const) {
      const statusOf = async (secret: string) => {
        const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
        const body = method === 'POST' ? '{"providerName":"nobody"}' : null
        return (await fetch(`${fixture.origin}${path}`, { method, headers, body })).status
      }
      const statuses = await Promise.all(
        [reader, acme, caller, { secret: rootToken }].map(({ secret }) => statusOf(secret)),
      )
      const allowed = method === 'POST' ? 404 : 200
      expect(statuses, path).toEqual([allowed, 403, 403, allowed])
    }
  })

  test('is read from every header and refused in the format of its endpoint', async () => {
    const { secret } = await makeToken({ consumer: 'acme' })
    const places = [
      { path: '/v1/messages', headers: { 'x-api-key': '%' }, error: { type: 'authentication_error' } },
      {
        path: `/v1beta/models/${fixture.model}:generateContent`,
        headers: { 'x-goog-api-key': '%' },
        error: { status: 'UNAUTHENTICATED' },
      },
      {
        path: `/v1beta/models/${fixture.model}:generateContent?key=%`,
        headers: {},
        error: { status: 'UNAUTHENTICATED' },
      },
      {
        path: '/v1/chat/completions',
        headers: { 'api-key': '%' },
        error: { code: 'invalid_api_key' },
      },
    ] as const
    for (const { path, headers, error } of places) {
      const send = (key: string, more: Readonly<Record<string, string>> = {}) =>
        fetch(`${fixture.origin}${path.replace('%', key)}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...Object.fromEntries(Object.keys(headers).map(name => [name, key])),
            ...more,
          },
          body: '{}',
        })
      const unknown = await send('qk_unknown')
      expect(unknown.status, path).toBe(401)
      expect((await unknown.json()) as unknown).toMatchObject({ error })
      const other = await send(secret, { 'x-quotakeeper-consumer': 'globex' })
      expect(other.status, path).toBe(403)
      // Let through: the body or the model is refused.
      expect([400, 404], path).toContain((await send(secret)).status)
    }
  })

  test('whose secret was declared by its hash is served', async () => {
    const old = 'sk-old-key-of-litellm'
    const sha256 = `sha256:${createHash('sha256').update(old).digest('hex')}`
    const { secret } = await makeToken({ sha256, consumer: 'moved' })
    expect(secret).toBe('')
    expect((await clientOf(old).chat.completions.create(hello())).choices).toHaveLength(1)
    await expect.poll(() => countOf('moved')).toBe(1)
  })
})

test.concurrent('a token’s consumer spends exactly its requests over two gateways, in its name or that of one below', async ({
  expect,
}) => {
  const limits = [{ metric: 'requests' as const, window: 'month' as const, max: 20 }]
  await api.client.consumers.upsert.mutate({ name: 'tenant', limits })
  await api.client.consumers.upsert.mutate({ name: 'tenant app', parent: 'tenant' })
  const second = await startTestGateway(api, { QUOTA_GATEWAY_TOKEN: rootToken, KEY_A: 'key-a' })
  const { secret } = await makeToken({ consumer: 'tenant' })
  const below = await makeToken({ consumer: 'tenant app' })
  const clients = [fixture.origin, second.origin].flatMap(origin => [
    clientOf(secret, origin),
    clientOf(secret, origin, { 'x-quotakeeper-consumer': 'tenant app' }),
    clientOf(below.secret, origin),
  ])
  const before = fixture.vendor.calls.length
  const calls = Array.from({ length: 60 }, (_, index) =>
    clients[index % clients.length]?.chat.completions.create(hello()),
  )
  const results = await Promise.allSettled(calls)
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  expect(fixture.vendor.calls).toHaveLength(before + 20)
  const upwards = clientOf(below.secret, second.origin, { 'x-quotakeeper-consumer': 'tenant' })
  await expect(upwards.chat.completions.create(hello())).rejects.toMatchObject({
    status: 403,
    code: 'consumer_not_allowed',
  })
  await second.stop()
})

test.concurrent('a revoked token is refused by every gateway, while others are served', async ({
  expect,
}) => {
  const second = await startTestGateway(api, { QUOTA_GATEWAY_TOKEN: rootToken, KEY_A: 'key-a' })
  const [gone, kept] = [await makeToken(), await makeToken()]
  const origins = [fixture.origin, second.origin]
  const statusOf = async (secret: string, origin: string) =>
    (await fetch(`${origin}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).status
  const statuses = (secret: string) => Promise.all(origins.map(origin => statusOf(secret, origin)))
  expect(await statuses(gone.secret)).toEqual([200, 200])
  await api.client.tokens.revoke.mutate({ name: gone.name })
  await expect.poll(() => statuses(gone.secret), slowly).toEqual([401, 401])
  expect(await statuses(kept.secret)).toEqual([200, 200])
  const soon = new Date(Date.now() + 700).toISOString()
  await api.client.tokens.revoke.mutate({ name: kept.name, at: soon })
  await expect.poll(() => statuses(kept.secret), slowly).toEqual([401, 401])
  await second.stop()
})

test.concurrent('if the API is down, tokens are refused with 503, and the root’s models are still listed', async ({
  expect,
}) => {
  const other = await startTestApiProcess({ config: 'providers: []' })
  const gateway = await startTestGateway(other, { QUOTA_GATEWAY_TOKEN: rootToken })
  const { secret } = await other.client.tokens.create.mutate({ name: 'ci', scopes: ['call'] })
  const ask = (key: string) =>
    fetch(`${gateway.origin}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
  expect((await ask(secret ?? '')).status).toBe(200)
  await other.process.kill('SIGKILL')
  await expect.poll(async () => (await ask(secret ?? '')).status).toBe(503)
  const refused = await ask('qk_another')
  const { code, message } = await errorOf(refused)
  expect([refused.status, code]).toEqual([503, 'quota_api_unavailable'])
  // Who sent it is not known: addresses of the API are not for everybody.
  expect(message).toBe(
    'The quota API is not available, and without it no vendor is called. Try again shortly.',
  )
  expect((await ask(rootToken)).status).toBe(200)
  await gateway.stop()
  await other[Symbol.asyncDispose]()
})

test.concurrent('without any token, an open gateway takes any key, and with the first one only that', async ({
  expect,
}) => {
  const other = await startTestApi({ config: 'providers: []' })
  const gateway = await startTestGateway(other, {})
  const statusOf = async (key: string | null) => {
    const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` }
    return (await fetch(`${gateway.origin}/v1/models`, { headers })).status
  }
  expect([await statusOf('unused'), await statusOf(null)]).toEqual([200, 200])
  const { secret } = await other.client.tokens.create.mutate({ name: 'ci', scopes: ['call'] })
  await expect.poll(() => statusOf('unused'), slowly).toBe(401)
  expect([await statusOf(secret), await statusOf(null)]).toEqual([200, 200])
  await other.client.tokens.revoke.mutate({ name: 'ci' })
  await expect.poll(() => statusOf(secret), slowly).toBe(401)
  await gateway.stop()
  await other[Symbol.asyncDispose]()
})

test.concurrent('a token of the configuration file is served while its line is there; its secret is stored nowhere', async ({
  expect,
}) => {
  const old = 'sk-old-1'
  const sha256 = createHash('sha256').update(old).digest('hex')
  const config = 'providers: []\n'
  const line = `tokens:\n  - { name: acme, sha256: "${sha256}", consumer: acme, scopes: [call] }\n`
  const other = await startTestApiProcess({ config: config + line })
  const gateway = await startTestGateway(other, { QUOTA_GATEWAY_TOKEN: rootToken })
  const statusOf = async () =>
    (await fetch(`${gateway.origin}/v1/models`, { headers: { authorization: `Bearer ${old}` } })).status
  expect(await statusOf()).toBe(200)
  await other.configure(config)
  await expect.poll(statusOf, slowly).toBe(401)
  await other.configure(config + line)
  await expect.poll(statusOf, slowly).toBe(200)
  // A file with a fault changes nothing, and names it.
  await other.configure('providers: []\ntokens: [{ name: acme }]\n')
  await expect.poll(() => other.output()).toMatch(/not applied/)
  expect(other.output()).toMatch(/quotakeeper\.config\.yaml:2:\d+: tokens\.0\.sha256/)
  expect(await statusOf()).toBe(200)
  expect(other.output()).not.toContain(old)
  await gateway.stop()
  await other[Symbol.asyncDispose]()
})
