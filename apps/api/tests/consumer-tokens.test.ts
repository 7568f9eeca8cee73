import { randomUUID } from 'node:crypto'
import { openDatabase } from '@quotakeeper/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CreateInput, sha256Of, startTokenFixture, type TokenFixture } from './token-fixture.js'

let fixture: TokenFixture
beforeAll(async () => {
  fixture = await startTokenFixture()
})
afterAll(() => fixture[Symbol.asyncDispose]())

const forbidden = { data: { code: 'FORBIDDEN' } }

/** Waits for all: one that is rejected before it is awaited would end the test run. */
async function allForbidden(calls: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(calls)
  expect(results).toMatchObject(calls.map(() => ({ status: 'rejected', reason: forbidden })))
}

describe('a token of a consumer', () => {
  it('records for its consumer alone, and is answered no figures of the provider', async () => {
    const { client } = await fixture.tokenWith(['record'], { consumer: 'recorder' })
    expect(await client.usage.record.mutate({ providerName: 'groq_1', requestCount: 3 })).toEqual({
      consumer: 'recorder',
      recorded: true,
    })
    const other = client.usage.record.mutate({ providerName: 'groq_1', consumer: 'globex' })
    await expect(other).rejects.toMatchObject(forbidden)
    const today = new Date().toISOString().slice(0, 10)
    const days = { from: today.slice(0, 8).concat('01'), to: '9999-12-31' }
    const { rows } = await fixture.root.usage.summary.query({ ...days, groupBy: ['consumer'] })
    expect(rows).toMatchObject([{ consumer: 'recorder', requestCount: 3 }])
  })

  it('reads its own usage, without providers and costs', async () => {
    for (const consumer of ['acme', 'globex'])
      await fixture.root.usage.record.mutate({
        providerName: 'groq_1',
        consumer,
        requestCount: 7,
        costMicroUsd: 5,
      })
    const { client } = await fixture.tokenWith(['read'], { consumer: 'acme' })
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
    await fixture.root.requests.report.mutate({ traces: [trace(own, 'acme'), trace(other, 'globex')] })
    const { client } = await fixture.tokenWith(['read'], { consumer: 'acme' })
    const { rows } = await client.requests.list.query()
    expect(rows).toMatchObject([{ requestId: own, consumer: 'acme', providerName: '', attempts: [] }])
    expect(await client.requests.get.query({ requestId: own })).toMatchObject({ model: 'm', attempts: [] })
    const hidden = client.requests.get.query({ requestId: other })
    await expect(hidden).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
    expect(JSON.stringify(rows)).not.toContain('groq_1')
  })

  it('makes, lists and revokes tokens of its own that administer nothing, and no others', async () => {
    const { client, name } = await fixture.tokenWith(['admin'], { consumer: 'tenant' })
    const { name: ofGlobex } = await fixture.tokenWith(['call'], { consumer: 'globex' })
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
  await fixture.root.consumers.upsert.mutate({ name: 'many' })
  await fixture.root.consumers.upsert.mutate({ name: 'many below', parent: 'many' })
  const { client } = await fixture.tokenWith(['admin'], { consumer: 'many' })
  const insert = `insert into access_token (name, sha256, consumer, scopes, managed_by, created_at)
    select 'many ' || n, encode(sha256(n::text::bytea), 'hex'), case when n % 2 = 0 then 'many' else 'many below' end,
      '{call}', 'api', clock_timestamp() from generate_series(1, 998) as n`
  await runSql(insert)
  const create = (name: string, consumer: string) =>
    client.tokens.create.mutate({ name, consumer, scopes: ['call'] })
  await create('the last of many', 'many')
  for (const consumer of ['many', 'many below'])
    await expect(create('too many', consumer)).rejects.toMatchObject({
      ...{ data: { quotaCode: 'INVALID_INPUT' }, message: expect.stringContaining('at most 1000 tokens') },
    })
  await fixture.root.tokens.create.mutate({ name: 'of the operator', consumer: 'many', scopes: ['call'] })
  const { client: other } = await fixture.tokenWith(['admin'], { consumer: 'few' })
  await other.tokens.create.mutate({ name: 'of another tenant', consumer: 'few', scopes: ['call'] })
})

describe('a token of a consumer in a tree', () => {
  beforeAll(async () => {
    const consumers = [
      { name: 'org', limits: [{ metric: 'cost', window: 'month', max: 1_000_000 }] },
      { name: 'org team', parent: 'org', providers: ['groq_*'] },
      { name: 'org app', parent: 'org team', limits: [{ metric: 'requests', window: 'day', max: 10 }] },
      { name: 'rival' },
    ] as const
    for (const consumer of consumers) await fixture.root.consumers.upsert.mutate(consumer)
  })

  it('sees its consumer and those below, without providers and money', async () => {
    const { client } = await fixture.tokenWith(['read'], { consumer: 'org team' })
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
    const above = await fixture.tokenWith(['read'], { consumer: 'org' })
    expect((await above.client.consumers.get.query({ name: 'org' })).limits).toEqual([])
    await fixture.root.consumers.upsert.mutate({ name: 'org', showCost: true })
    expect((await above.client.consumers.get.query({ name: 'org' })).limits).toHaveLength(1)
  })

  it('reads usage of the whole tree below it', async () => {
    for (const consumer of ['org', 'org app', 'rival'])
      await fixture.root.usage.record.mutate({ providerName: 'groq_1', consumer })
    const { client } = await fixture.tokenWith(['read'], { consumer: 'org team' })
    const days = { from: '2020-01-01', to: '9999-12-31' }
    const { rows } = await client.usage.summary.query({ ...days, groupBy: ['consumer'] })
    expect(rows).toMatchObject([{ consumer: 'org app', requestCount: 1 }])
    expect((await client.usage.ledger.query({})).rows.map(({ consumer }) => consumer)).toEqual(['org app'])
    const ofTree = { ...days, groupBy: ['consumer'] as const }
    const counts = async (under: string) =>
      (await fixture.root.usage.summary.query({ ...ofTree, under })).rows.map(row => [
        row.consumer,
        row.requestCount,
      ])
    expect(await counts('org')).toEqual([
      ['org', 1],
      ['org app', 1],
    ])
    expect((await fixture.root.usage.ledger.query({ under: 'org' })).rows).toHaveLength(2)
    expect((await client.usage.summary.query({ ...ofTree, under: 'org app' })).rows).toHaveLength(1)
    expect((await client.usage.ledger.query({ under: 'org team' })).rows).toHaveLength(1)
    for (const under of ['org', 'rival', 'nobody']) {
      await expect(client.usage.summary.query({ ...ofTree, under })).rejects.toMatchObject(forbidden)
      await expect(client.usage.ledger.query({ under })).rejects.toMatchObject(forbidden)
    }
  })

  it('manages consumers below its own, never itself, those above, or what is the operator’s', async () => {
    const { client } = await fixture.tokenWith(['admin'], { consumer: 'org team' })
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
    const { client } = await fixture.tokenWith(['admin'], { consumer: 'org team' })
    await fixture.root.consumers.upsert.mutate({ name: 'rival app', parent: 'rival' })
    await fixture.root.consumers.remove.mutate({ name: 'rival app' })
    await fixture.root.usage.record.mutate({ providerName: 'groq_1', consumer: 'label of others' })
    await fixture.tokenWith(['call'], { consumer: 'with a token' })
    const register = (name: string) => client.consumers.upsert.mutate({ name, parent: 'org team' })
    await allForbidden(['rival app', 'label of others', 'with a token'].map(register))
    expect((await client.usage.ledger.query({})).rows.map(({ consumer }) => consumer)).not.toContain(
      'label of others',
    )
    await register('org app 3')
    await fixture.root.usage.record.mutate({ providerName: 'groq_1', consumer: 'org app 3' })
    await client.consumers.remove.mutate({ name: 'org app 3' })
    expect(await register('org app 3')).toMatchObject({ parent: 'org team' })
  })

  it('shows no share of a limit on cost that it hides', async () => {
    const perDay = { window: 'day', max: 1_000 } as const
    const requests = { metric: 'requests', ...perDay } as const
    const cost = { metric: 'cost', ...perDay } as const
    await fixture.root.consumers.upsert.mutate({
      name: 'org spender',
      parent: 'org team',
      limits: [requests, cost],
    })
    const spent = { providerName: 'groq_1', consumer: 'org spender', requestCount: 10, costMicroUsd: 900 }
    await fixture.root.usage.record.mutate(spent)
    const { client } = await fixture.tokenWith(['read'], { consumer: 'org team' })
    const [all, own] = await Promise.all(
      [fixture.root, client].map(each => each.consumers.stats.query({ name: 'org spender' })),
    )
    expect(all).toMatchObject({ quotaLimit: 1_000, remainingPercentage: 0.1 })
    expect(own).toMatchObject({ quotaLimit: null, remainingPercentage: null })
  })

  it('keeps its consumer from being removed, and is refused if that was done by the file', async () => {
    await fixture.root.consumers.upsert.mutate({ name: 'leaving', parent: 'org' })
    const { name, secret } = await fixture.tokenWith(['read'], { consumer: 'leaving' })
    const removal = () => fixture.root.consumers.remove.mutate({ name: 'leaving' })
    await expect(removal()).rejects.toMatchObject({ data: { quotaCode: 'IN_USE' } })
    await fixture.root.tokens.revoke.mutate({ name })
    await removal()
    const late = await fixture.tokenWith(['read'], { consumer: 'leaving' })
    const verify = async (of: string) => fixture.root.tokens.verify.mutate({ sha256: await sha256Of(of) })
    expect([await verify(secret), await verify(late.secret)]).toMatchObject([
      { state: 'unknown' },
      { state: 'unknown' },
    ])
  })
})

async function runSql(text: string): Promise<void> {
  const opened = await openDatabase(fixture.database.url)
  await opened.withSession(session => session.run([{ name: '', text, values: [] }]))
  await opened.close()
}
