import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { openDatabase } from '@quotakeeper/db'
import { createApiDatabase } from '@quotakeeper/test-kit'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AppRouter } from '../src/index.js'
import { type BuiltApi, type Folder, makeFolder, startApiInstance, startApiProcess } from './api-process.js'

const environment = {
  QUOTA_API_TOKEN: 'a-token-of-the-environment-for-use',
  QUOTA_ADMIN_TOKEN: 'a-token-of-the-environment-for-changes',
}

let folder: Folder
let database: Awaited<ReturnType<typeof createApiDatabase>>
let api: BuiltApi
let root: TRPCClient<AppRouter>

beforeAll(async () => {
  folder = await makeFolder()
  database = await createApiDatabase()
  api = await startApiInstance(folder, { QUOTA_DATABASE_URL: database.url, ...environment })
  root = clientOf(environment.QUOTA_ADMIN_TOKEN)
  await root.providers.upsert.mutate({ name: 'groq_1', vendor: 'groq' })
})

afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await database.drop()
  await folder[Symbol.asyncDispose]()
})

function clientOf(secret: string, origin = api.origin): TRPCClient<AppRouter> {
  const headers = { authorization: `Bearer ${secret}` }
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${origin}/trpc`, headers })] })
}

type CreateInput = Parameters<typeof root.tokens.create.mutate>[0]
let names = 0

async function tokenWith(scopes: CreateInput['scopes'], more: Partial<CreateInput> = {}) {
  const name = `token ${++names}`
  const { secret } = await root.tokens.create.mutate({ name, scopes, ...more })
  return { name, secret: secret ?? '', client: clientOf(secret ?? '') }
}

const forbidden = { data: { code: 'FORBIDDEN' } }

/** Waits for all: one that is rejected before it is awaited would end the test run. */
async function allForbidden(calls: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(calls)
  expect(results).toMatchObject(calls.map(() => ({ status: 'rejected', reason: forbidden })))
}

describe('a token of a consumer', () => {
  it('records for its consumer alone, and is answered no figures of the provider', async () => {
    const { client } = await tokenWith(['record'], { consumer: 'recorder' })
    expect(await client.usage.record.mutate({ providerName: 'groq_1', requestCount: 3 })).toEqual({
      consumer: 'recorder',
      recorded: true,
    })
    const other = client.usage.record.mutate({ providerName: 'groq_1', consumer: 'globex' })
    await expect(other).rejects.toMatchObject(forbidden)
    const today = new Date().toISOString().slice(0, 10)
    const days = { from: today.slice(0, 8).concat('01'), to: '9999-12-31' }
    const { rows } = await root.usage.summary.query({ ...days, groupBy: ['consumer'] })
    expect(rows).toMatchObject([{ consumer: 'recorder', requestCount: 3 }])
  })

  it('reads its own usage, without providers and costs', async () => {
    for (const consumer of ['acme', 'globex'])
      await root.usage.record.mutate({ providerName: 'groq_1', consumer, requestCount: 7, costMicroUsd: 5 })
    const { client } = await tokenWith(['read'], { consumer: 'acme' })
    const days = { from: '2020-01-01', to: '9999-12-31' }
    const { rows } = await client.usage.summary.query({ ...days, groupBy: ['consumer', 'model'] })
    expect(rows).toMatchObject([{ consumer: 'acme', requestCount: 7, costMicroUsd: 0 }])
    const ledger = await client.usage.ledger.query({})
    expect(ledger.rows).toMatchObject([{ consumer: 'acme', providerName: '', pool: null, costMicroUsd: 0 }])
    expect(JSON.stringify([rows, ledger])).not.toMatch(/groq_1|globex/)
    await allForbidden([
      client.usage.summary.query({ ...days, groupBy: ['provider'] }),
      client.usage.summary.query({ ...days, groupBy: [], providerName: 'groq_1' }),
      client.usage.ledger.query({ providerName: 'groq_1' }),
      client.usage.summary.query({ ...days, groupBy: [], consumer: 'globex' }),
      client.usage.ledger.query({ consumer: 'globex' }),
      client.requests.list.query({ providerName: 'groq_1' }),
    ])
  })

  it('reads its own requests, without how they were routed', async () => {
    const trace = (requestId: string, consumer: string) => ({
      ...{
        requestId,
        at: new Date().toISOString(),
        model: 'm',
        outcome: 'answered' as const,
        httpStatus: 200,
      },
      ...{ code: '', providerName: 'groq_1', strategy: 'priority', isStream: false, waitedMs: 0 },
      ...{ durationMs: 1, skipped: [], consumer },
      attempts: [{ providerName: 'groq_1', model: 'm', httpStatus: 200, ending: 'answered' }],
    })
    const [own, other] = [randomUUID(), randomUUID()]
    await root.requests.report.mutate({ traces: [trace(own, 'acme'), trace(other, 'globex')] })
    const { client } = await tokenWith(['read'], { consumer: 'acme' })
    const { rows } = await client.requests.list.query()
    expect(rows).toMatchObject([{ requestId: own, consumer: 'acme', providerName: '', attempts: [] }])
    expect(await client.requests.get.query({ requestId: own })).toMatchObject({ model: 'm', attempts: [] })
    const hidden = client.requests.get.query({ requestId: other })
    await expect(hidden).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
    expect(JSON.stringify(rows)).not.toContain('groq_1')
  })

  it('makes, lists and revokes tokens of its own that administer nothing, and no others', async () => {
    const { client, name } = await tokenWith(['admin'], { consumer: 'tenant' })
    const { name: ofGlobex } = await tokenWith(['call'], { consumer: 'globex' })
    await client.tokens.create.mutate({ name: 'tenant ci', consumer: 'tenant', scopes: ['call', 'read'] })
    for (const more of [
      { consumer: 'tenant', scopes: ['admin'] },
      { consumer: 'globex', scopes: ['call'] },
      { scopes: ['call'] },
    ] satisfies Omit<CreateInput, 'name'>[]) {
      const refused = client.tokens.create.mutate({ name: 'more', ...more })
      await expect(refused).rejects.toMatchObject(forbidden)
    }
    const { rows } = await client.tokens.list.query()
    expect(rows.map(row => row.name).toSorted()).toEqual(['tenant ci', name].toSorted())
    await expect(client.tokens.list.query({ consumer: 'globex' })).rejects.toMatchObject(forbidden)
    const unknown = { data: { code: 'NOT_FOUND', quotaCode: 'UNKNOWN_TOKEN' } }
    await expect(client.tokens.revoke.mutate({ name: ofGlobex })).rejects.toMatchObject(unknown)
    await expect(client.tokens.revoke.mutate({ name })).rejects.toMatchObject(forbidden)
    expect(await client.tokens.revoke.mutate({ name: 'tenant ci' })).toMatchObject({ state: 'revoked' })
  })
})

it('a tenant cannot use up the tokens of all: its consumer and those below have at most 1,000', async () => {
  await root.consumers.upsert.mutate({ name: 'many' })
  await root.consumers.upsert.mutate({ name: 'many below', parent: 'many' })
  const { client } = await tokenWith(['admin'], { consumer: 'many' })
  const insert = `insert into access_token (name, sha256, consumer, scopes, managed_by, created_at)
    select 'many ' || n, encode(sha256(n::text::bytea), 'hex'), case when n % 2 = 0 then 'many' else 'many below' end,
      '{call}', 'api', clock_timestamp() from generate_series(1, 998) as n`
  await runSql(insert)
  try {
    const create = (name: string, consumer: string) =>
      client.tokens.create.mutate({ name, consumer, scopes: ['call'] })
    await create('the last of many', 'many')
    for (const consumer of ['many', 'many below'])
      await expect(create('too many', consumer)).rejects.toMatchObject({
        ...{ data: { quotaCode: 'INVALID_INPUT' }, message: expect.stringContaining('at most 1000 tokens') },
      })
    await root.tokens.create.mutate({ name: 'of the operator', consumer: 'many', scopes: ['call'] })
    const { client: other } = await tokenWith(['admin'], { consumer: 'few' })
    await other.tokens.create.mutate({ name: 'of another tenant', consumer: 'few', scopes: ['call'] })
  } finally {
    // Other tests read all tokens in one page.
    await runSql(`delete from access_token where consumer in ('many', 'many below')`)
  }
})

async function runSql(text: string): Promise<void> {
  const opened = await openDatabase(database.url)
  await opened.withSession(session => session.run([{ name: '', text, values: [] }]))
  await opened.close()
}

describe('a token of a consumer in a tree', () => {
  beforeAll(async () => {
    const consumers = [
      { name: 'org', limits: [{ metric: 'cost', window: 'month', max: 1_000_000 }] },
      { name: 'org team', parent: 'org', providers: ['groq_*'] },
      { name: 'org app', parent: 'org team', limits: [{ metric: 'requests', window: 'day', max: 10 }] },
      { name: 'rival' },
    ] as const
    for (const consumer of consumers) await root.consumers.upsert.mutate(consumer)
  })

  it('sees its consumer and those below, without providers and money', async () => {
    const { client } = await tokenWith(['read'], { consumer: 'org team' })
    const { rows } = await client.consumers.list.query()
    expect(rows.map(({ name, providers }) => [name, providers])).toEqual([
      ['org app', null],
      ['org team', null],
    ])
    const names = (await client.consumers.allStats.query()).rows.map(({ consumer }) => consumer)
    expect(names).toEqual(['org app', 'org team'])
    expect(await client.consumers.get.query({ name: 'org app' })).toMatchObject({ parent: 'org team' })
    expect((await client.consumers.stats.query({ name: 'org app' })).limits).toHaveLength(1)
    for (const name of ['org', 'rival', 'nobody'])
      await expect(client.consumers.get.query({ name })).rejects.toMatchObject(forbidden)
    await expect(client.consumers.list.query({ under: 'org' })).rejects.toMatchObject(forbidden)
    const above = await tokenWith(['read'], { consumer: 'org' })
    expect((await above.client.consumers.get.query({ name: 'org' })).limits).toEqual([])
    await root.consumers.upsert.mutate({ name: 'org', showCost: true })
    expect((await above.client.consumers.get.query({ name: 'org' })).limits).toHaveLength(1)
  })

  it('reads usage of the whole tree below it', async () => {
    for (const consumer of ['org', 'org app', 'rival'])
      await root.usage.record.mutate({ providerName: 'groq_1', consumer })
    const { client } = await tokenWith(['read'], { consumer: 'org team' })
    const days = { from: '2020-01-01', to: '9999-12-31' }
    const { rows } = await client.usage.summary.query({ ...days, groupBy: ['consumer'] })
    expect(rows).toMatchObject([{ consumer: 'org app', requestCount: 1 }])
    expect((await client.usage.ledger.query({})).rows.map(({ consumer }) => consumer)).toEqual(['org app'])
    const ofTree = { ...days, groupBy: ['consumer'] as const }
    const counts = async (under: string) =>
      (await root.usage.summary.query({ ...ofTree, under })).rows.map(row => [row.consumer, row.requestCount])
    expect(await counts('org')).toEqual([
      ['org', 1],
      ['org app', 1],
    ])
    expect((await root.usage.ledger.query({ under: 'org' })).rows).toHaveLength(2)
    expect((await client.usage.summary.query({ ...ofTree, under: 'org app' })).rows).toHaveLength(1)
    expect((await client.usage.ledger.query({ under: 'org team' })).rows).toHaveLength(1)
    for (const under of ['org', 'rival', 'nobody']) {
      await expect(client.usage.summary.query({ ...ofTree, under })).rejects.toMatchObject(forbidden)
      await expect(client.usage.ledger.query({ under })).rejects.toMatchObject(forbidden)
    }
  })

  it('manages consumers below its own, never itself, those above, or what is the operator’s', async () => {
    const { client } = await tokenWith(['admin'], { consumer: 'org team' })
    const limits = [{ metric: 'requests' as const, window: 'day' as const, max: 5 }]
    const { upsert, setEnabled, reset, remove } = client.consumers
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const grantTo = (subject: { readonly kind: 'consumer' | 'provider'; readonly name: string }) =>
      client.quota.grant.mutate({ subject, limitId: 'requests/day', amount: 1, until })
    await grantTo({ kind: 'consumer', name: 'org app' })
    await upsert.mutate({ name: 'org app 2', parent: 'org team', limits })
    const app = await client.consumers.get.query({ name: 'org app 2' })
    // What was read can be sent back with changes.
    await upsert.mutate({ ...app, limits: [] })
    await setEnabled.mutate({ name: 'org app 2', enabled: false })
    await reset.mutate({ name: 'org app 2' })
    await allForbidden([
      upsert.mutate({ name: 'org team', limits }),
      upsert.mutate({ name: 'org', limits }),
      upsert.mutate({ name: 'rival', limits }),
      upsert.mutate({ name: 'rival', parent: 'org team' }),
      upsert.mutate({ name: 'new root' }),
      upsert.mutate({ name: 'new elsewhere', parent: 'org' }),
      upsert.mutate({ name: 'org app', parent: 'rival' }),
      upsert.mutate({ name: 'org app', parent: null }),
      upsert.mutate({ name: 'org app', providers: ['*'] }),
      upsert.mutate({ name: 'org app', showCost: true }),
      upsert.mutate({ name: 'org app', limits: [{ metric: 'cost', window: 'day', max: 1 }] }),
      setEnabled.mutate({ name: 'org team', enabled: false }),
      grantTo({ kind: 'consumer', name: 'org team' }),
      grantTo({ kind: 'consumer', name: 'org' }),
      grantTo({ kind: 'provider', name: 'groq_1' }),
      reset.mutate({ name: 'org' }),
      remove.mutate({ name: 'rival' }),
    ])
    await remove.mutate({ name: 'org app 2' })
    await client.tokens.create.mutate({ name: 'app admin', consumer: 'org app', scopes: ['admin', 'call'] })
    const above = client.tokens.create.mutate({ name: 'org admin', consumer: 'org', scopes: ['call'] })
    await expect(above).rejects.toMatchObject(forbidden)
  })

  it('registers no name that others have used, whose usage it would read', async () => {
    const { client } = await tokenWith(['admin'], { consumer: 'org team' })
    await root.consumers.upsert.mutate({ name: 'rival app', parent: 'rival' })
    await root.consumers.remove.mutate({ name: 'rival app' })
    await root.usage.record.mutate({ providerName: 'groq_1', consumer: 'label of others' })
    await tokenWith(['call'], { consumer: 'with a token' })
    const register = (name: string) => client.consumers.upsert.mutate({ name, parent: 'org team' })
    await allForbidden(['rival app', 'label of others', 'with a token'].map(register))
    expect((await client.usage.ledger.query({})).rows.map(({ consumer }) => consumer)).not.toContain(
      'label of others',
    )
    await register('org app 3')
    await root.usage.record.mutate({ providerName: 'groq_1', consumer: 'org app 3' })
    await client.consumers.remove.mutate({ name: 'org app 3' })
    expect(await register('org app 3')).toMatchObject({ parent: 'org team' })
  })

  it('shows no share of a limit on cost that it hides', async () => {
    const perDay = { window: 'day', max: 1_000 } as const
    const requests = { metric: 'requests', ...perDay } as const
    const cost = { metric: 'cost', ...perDay } as const
    await root.consumers.upsert.mutate({ name: 'org spender', parent: 'org team', limits: [requests, cost] })
    const spent = { providerName: 'groq_1', consumer: 'org spender', requestCount: 10, costMicroUsd: 900 }
    await root.usage.record.mutate(spent)
    const { client } = await tokenWith(['read'], { consumer: 'org team' })
    const [all, own] = await Promise.all(
      [root, client].map(each => each.consumers.stats.query({ name: 'org spender' })),
    )
    expect(all).toMatchObject({ quotaLimit: 1_000, remainingPercentage: 0.1 })
    expect(own).toMatchObject({ quotaLimit: null, remainingPercentage: null })
  })

  it('keeps its consumer from being removed, and is refused if that was done by the file', async () => {
    await root.consumers.upsert.mutate({ name: 'leaving', parent: 'org' })
    const { name, secret } = await tokenWith(['read'], { consumer: 'leaving' })
    const removal = () => root.consumers.remove.mutate({ name: 'leaving' })
    await expect(removal()).rejects.toMatchObject({ data: { quotaCode: 'IN_USE' } })
    await root.tokens.revoke.mutate({ name })
    await removal()
    const late = await tokenWith(['read'], { consumer: 'leaving' })
    const verify = async (of: string) => root.tokens.verify.mutate({ sha256: await sha256Of(of) })
    expect([await verify(secret), await verify(late.secret)]).toMatchObject([
      { state: 'unknown' },
      { state: 'unknown' },
    ])
  })
})

describe('a token', () => {
  it('is refused by every replica once it is revoked or expired, and noted as used', async () => {
    const url = { QUOTA_DATABASE_URL: database.url }
    await using replica = await startApiProcess(folder, { ...url, ...environment })
    const { name, secret, client } = await tokenWith(['read'])
    const elsewhere = clientOf(secret, replica.origin)
    await Promise.all([client.stats.all.query(), elsewhere.stats.all.query()])
    await root.tokens.revoke.mutate({ name })
    const codeOf = (asked: Promise<unknown>) =>
      asked.then(
        () => null,
        (error: { data?: { code: string } }) => error.data?.code,
      )
    const codes = () => Promise.all([client, elsewhere].map(each => codeOf(each.stats.all.query())))
    await expect.poll(codes).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED'])
    const expiresAt = new Date(Date.now() + 5_000).toISOString()
    const short = await tokenWith(['read'], { expiresAt })
    await expect.poll(() => codeOf(short.client.stats.all.query())).toBe('UNAUTHORIZED')
    const lastUsedAt = async () =>
      (await root.tokens.list.query({ pageSize: 1_000 })).rows.find(row => row.name === name)?.lastUsedAt
    await expect.poll(lastUsedAt, { timeout: 30_000 }).toEqual(expect.any(String))
  })

  it('ends its streams with it', async () => {
    const { name, secret } = await tokenWith(['read'])
    const headers = { authorization: `Bearer ${secret}` }
    const sent = get(`${api.origin}/trpc/alerts.stream`, { agent: false, headers })
    const [response]: IncomingMessage[] = await once(sent, 'response')
    const ended = once(response?.resume() ?? sent, 'close')
    await root.tokens.revoke.mutate({ name })
    await ended
  })

  it('is verified for gateways for a second at most, and not beyond its end', async () => {
    const { secret } = await tokenWith(['call'], { consumer: 'acme' })
    const sha256 = await sha256Of(secret)
    const verified = await root.tokens.verify.mutate({ sha256, consumer: 'globex' })
    expect(verified).toMatchObject({ state: 'valid', consumer: 'acme', mayActForNamed: false })
    expect(verified.validForMs).toBeLessThanOrEqual(1_000)
    expect(JSON.stringify(verified)).not.toContain(sha256.slice(0, 8))
    expect(await root.tokens.verify.mutate({ sha256: '0'.repeat(64) })).toMatchObject({ state: 'unknown' })
    const shortLived = () => tokenWith(['call'], { expiresAt: new Date(Date.now() + 500).toISOString() })
    // Refused where it would have ended before it is made.
    const short = await vi.waitFor(shortLived, { timeout: 60_000 })
    const soon = await root.tokens.verify.mutate({ sha256: await sha256Of(short.secret) })
    expect(soon.state === 'valid' ? soon.validForMs : 0).toBeLessThanOrEqual(500)
  })
})

async function sha256Of(secret: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return Buffer.from(bytes).toString('hex')
}

it('a secret is in no log line, no answer but one, and no row', async () => {
  await using own = await createApiDatabase()
  await using ownFolder = await makeFolder()
  const level = { QUOTA_LOG_LEVEL: 'debug', QUOTA_DATABASE_URL: own.url }
  const started = await startApiInstance(ownFolder, { ...level, ...environment })
  const admin = clientOf(environment.QUOTA_ADMIN_TOKEN, started.origin)
  const made = await admin.tokens.create.mutate({ name: 'planted', scopes: ['read', 'admin', 'record'] })
  const secret = made.secret ?? ''
  const client = clientOf(secret, started.origin)
  const answers: unknown[] = [
    await client.tokens.list.query(),
    await client.audit.list.query(),
    await client.stats.all.query(),
    await client.tokens.create
      .mutate({ name: secret.slice(0, 3), scopes: ['call'] })
      .then(({ name }) => name),
    await client.tokens.create.mutate({ name: 'planted', scopes: ['call'] }).catch(String),
    await client.usage.record.mutate({ providerName: 'nobody' }).catch(String),
    await client.tokens.revoke.mutate({ name: 'planted' }),
  ]
  const wrong = await fetch(`${started.origin}/trpc/stats.all`, {
    headers: { authorization: `Basic ${secret}` },
  })
  answers.push(await wrong.text(), await (await fetch(`${started.origin}/openapi.json`)).text())
  await started.instance.stop()
  expect(started.instance.output()).toContain('/trpc/tokens.create')
  expect(started.instance.output()).not.toContain(secret)
  expect(JSON.stringify(answers)).not.toContain(secret)
  await using again = await startApiInstance(ownFolder, { ...level, ...environment })
  const dump = await everyRowOf(own.url)
  expect(dump).toContain(await sha256Of(secret))
  expect(dump).not.toContain(secret)
  expect(
    JSON.stringify(await clientOf(environment.QUOTA_ADMIN_TOKEN, again.origin).tokens.list.query()),
  ).not.toMatch(new RegExp(`${secret}|${(await sha256Of(secret)).slice(0, 12)}`))
})

/** All rows of all tables, as text. */
async function everyRowOf(url: string): Promise<string> {
  const { openDatabase } = await import('@quotakeeper/db')
  const opened = await openDatabase(url)
  try {
    return await opened.withSession(async session => {
      const plain = (text: string) => ({ name: '', text, values: [] })
      const [tables = []] = await session.run([
        plain(`select table_name from information_schema.tables where table_schema = 'public'`),
      ])
      const rows = await session.run(
        tables.map(row => plain(`select to_json(t)::text as row from "${String(row['table_name'])}" as t`)),
      )
      return JSON.stringify(rows)
    })
  } finally {
    await opened.close()
  }
}

describe('a session with a token of a consumer', () => {
  const signIn = (token: string): Promise<Response> =>
    fetch(`${api.origin}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
  const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  const look = async (cookie: string, path: string): Promise<number> =>
    (await fetch(`${api.origin}${path}`, { headers: { cookie } })).status
  const consumerNamed = (name: string): string =>
    `/trpc/consumers.get?input=${encodeURIComponent(JSON.stringify({ name }))}`

  it('sees and changes what is its own, and ends with the token', async () => {
    await root.consumers.upsert.mutate({ name: 'page' })
    await root.consumers.upsert.mutate({ name: 'page child', parent: 'page' })
    await root.consumers.upsert.mutate({ name: 'no page' })
    const token = await tokenWith(['admin'], { consumer: 'page' })
    const response = await signIn(token.secret)
    expect(await response.json()).toEqual({
      signInNeeded: false,
      mayUse: true,
      mayChange: false,
      isSignedIn: true,
      consumer: 'page',
      mayManage: true,
    })
    const cookie = cookieOf(response)
    expect(cookie).not.toContain(token.secret)
    const paths = ['/trpc/stats.all', consumerNamed('page child'), consumerNamed('no page')]
    expect(await Promise.all(paths.map(path => look(cookie, path)))).toEqual([403, 200, 403])
    const disable = async (origin: string): Promise<number> => {
      const { status } = await fetch(`${api.origin}/trpc/consumers.setEnabled`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, origin },
        body: JSON.stringify({ name: 'page child', enabled: false }),
      })
      return status
    }
    expect(await disable('http://127.0.0.1:1')).not.toBe(200)
    expect(await disable(api.origin)).toBe(200)
    await root.tokens.revoke.mutate({ name: token.name })
    await expect.poll(() => look(cookie, consumerNamed('page'))).toBe(401)
    const session = await fetch(`${api.origin}/session`, { headers: { cookie } })
    expect(await session.json()).toMatchObject({ signInNeeded: true, isSignedIn: false, consumer: null })
    expect((await signIn(token.secret)).status).toBe(401)
  })

  it('needs a token that may read, and ends with its sign-out, also in a copied cookie', async () => {
    const refused = await signIn((await tokenWith(['call'], { consumer: 'page' })).secret)
    expect([refused.status, refused.headers.get('set-cookie')]).toEqual([403, null])
    const cookie = cookieOf(await signIn((await tokenWith(['read'], { consumer: 'page' })).secret))
    expect(await look(cookie, '/trpc/consumers.list')).toBe(200)
    await fetch(`${api.origin}/session`, { method: 'DELETE', headers: { cookie, origin: api.origin } })
    expect(await look(cookie, '/trpc/consumers.list')).toBe(401)
  })
})
