import { MemoryQuotaStore, type Query, type QueryResult } from '@quotakeeper/quota-core'
import { describe, expect, it } from 'vitest'
import { startTestApi } from './test-api.js'

describe('providers', () => {
  it('are listed in pages, by name', async () => {
    await using api = await startTestApi()
    const first = await api.client.providers.list.query({ pageSize: 3 })
    expect(first.rows.map(row => row.name)).toEqual(['groq_1', 'groq_2', 'groq_3'])
    expect(first.nextCursor).toBe('groq_3')
    const second = await api.client.providers.list.query({ pageSize: 3, cursor: 'groq_3' })
    expect(second.rows.map(row => row.name)).toEqual(['huggingface_1', 'huggingface_2'])
    expect(second.nextCursor).toBeNull()
    expect((await api.client.providers.list.query()).rows).toHaveLength(5)
  })

  it('are read for the page alone, without the state of any', async () => {
    const queries: Query[] = []
    class RecordingStore extends MemoryQuotaStore {
      override read<Q extends Query>(query: Q): Promise<QueryResult<Q>> {
        queries.push(query)
        return super.read(query)
      }
    }
    await using api = await startTestApi({ store: new RecordingStore({ now: Date.now }) })
    queries.splice(0)
    await api.client.providers.list.query({ pageSize: 3, cursor: 'groq_1' })
    expect(queries).toEqual([{ type: 'providers', afterName: 'groq_1', pageSize: 3 }])
  })

  it('continue after the name of one that is removed; a cursor that is no name is refused', async () => {
    await using api = await startTestApi()
    await api.client.providers.remove.mutate({ name: 'groq_2' })
    const { rows } = await api.client.providers.list.query({ pageSize: 1, cursor: 'groq_2' })
    expect(rows.map(row => row.name)).toEqual(['groq_3'])
    await expect(api.client.providers.list.query({ cursor: 'a\0' })).rejects.toMatchObject({
      data: { quotaCode: 'INVALID_INPUT', field: 'cursor' },
    })
  })

  it('are only changed, or only created, if that is asked for', async () => {
    await using api = await startTestApi()
    const { providers, pools, consumers } = api.client
    const unknown = { data: { code: 'NOT_FOUND', quotaCode: 'UNKNOWN_PROVIDER', field: 'name' } }
    const taken = { data: { code: 'CONFLICT', quotaCode: 'NAME_TAKEN', field: 'name' } }
    const mine = { name: 'mine', vendor: 'openai' } as const
    await expect(providers.upsert.mutate({ ...mine, onlyIf: 'exists' })).rejects.toMatchObject(unknown)
    await providers.upsert.mutate({ ...mine, onlyIf: 'absent' })
    await expect(providers.upsert.mutate({ ...mine, onlyIf: 'absent' })).rejects.toMatchObject(taken)
    expect(await providers.upsert.mutate({ name: 'mine', priority: 5, onlyIf: 'exists' })).toMatchObject({
      priority: 5,
    })
    // By REST, too.
    const put = await api.sendJson('/api/v1/providers/mine', { onlyIf: 'absent' }, { method: 'PUT' })
    expect([put.status, await put.json()]).toEqual([409, expect.objectContaining({ code: 'NAME_TAKEN' })])
    const wrong = await api.sendJson('/api/v1/providers/mine', { onlyIf: 'new' }, { method: 'PUT' })
    expect([wrong.status, await wrong.json()]).toEqual([400, expect.objectContaining({ field: 'onlyIf' })])
    // What is refused makes no pool for its preset.
    const preset = { pool: 'org', metadata: { preset: 'groq/free' } } as const
    const refused = [
      providers.upsert.mutate({ name: 'mine', ...preset, onlyIf: 'absent' }),
      providers.upsert.mutate({ name: 'gone', vendor: 'groq', ...preset, onlyIf: 'exists' }),
    ]
    expect((await Promise.allSettled(refused)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await pools.list.query()).rows).toEqual([])
    await pools.upsert.mutate({ name: 'org', onlyIf: 'absent' })
    await expect(pools.upsert.mutate({ name: 'org', limits: [], onlyIf: 'absent' })).rejects.toMatchObject(
      taken,
    )
    await expect(consumers.upsert.mutate({ name: 'team', onlyIf: 'exists' })).rejects.toMatchObject({
      data: { quotaCode: 'UNKNOWN_CONSUMER' },
    })
  })

  it('are removed only as they were read, if that is asked for', async () => {
    let nowMs = Date.UTC(2026, 10, 25, 12)
    await using api = await startTestApi({ now: () => nowMs })
    const { providers } = api.client
    const { updatedAt } = await providers.upsert.mutate({ name: 'mine', vendor: 'openai' })
    nowMs += 1
    const changed = await providers.upsert.mutate({ name: 'mine', priority: 5 })
    await expect(
      providers.remove.mutate({ name: 'mine', expectedUpdatedAt: updatedAt }),
    ).rejects.toMatchObject({
      data: { code: 'CONFLICT', quotaCode: 'REVISION_CHANGED', field: 'expectedUpdatedAt' },
    })
    expect(await providers.get.query({ name: 'mine' })).toMatchObject({ priority: 5 })
    const path = `/api/v1/providers/mine?expectedUpdatedAt=${encodeURIComponent(changed.updatedAt)}`
    expect((await api.send(path, { method: 'DELETE' })).status).toBe(200)
  })

  it('are created, read, changed, disabled, enabled and removed', async () => {
    await using api = await startTestApi()
    const { providers } = api.client
    const limits = [{ metric: 'requests', window: 'day', max: 10 }] as const
    const created = await providers.upsert.mutate({ name: 'mine', vendor: 'openai', limits })
    expect(created).toMatchObject({ name: 'mine', managedBy: 'api', models: ['*'], enabled: true })
    expect(created.limits[0]).toMatchObject({ id: 'requests/day', max: 10, mode: 'enforce' })
    await providers.upsert.mutate({ name: 'mine', priority: 5 })
    expect(await providers.get.query({ name: 'mine' })).toMatchObject({ priority: 5, vendor: 'openai' })
    expect(await providers.setEnabled.mutate({ name: 'mine', enabled: false })).toMatchObject({
      status: 'disabled',
      disabledBy: 'admin',
    })
    expect(await providers.setEnabled.mutate({ name: 'mine', enabled: true })).toMatchObject({
      disabledBy: null,
    })
    expect(await providers.retry.mutate({ name: 'mine' })).toMatchObject({ providerName: 'mine' })
    expect(await providers.remove.mutate({ name: 'mine' })).toEqual({ name: 'mine' })
    await expect(providers.get.query({ name: 'mine' })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    })
  })

  it('have the days of their vendor unless given at creation', async () => {
    await using api = await startTestApi()
    const { providers } = api.client
    const vendors = { gemini: 'America/Los_Angeles', groq: 'UTC', 'of-my-own': 'UTC' }
    for (const [vendor, timeZone] of Object.entries(vendors))
      expect(await providers.upsert.mutate({ name: `mine_${vendor}`, vendor })).toMatchObject({ timeZone })
    const said = { name: 'said', vendor: 'gemini', timeZone: 'Europe/Berlin' }
    expect(await providers.upsert.mutate(said)).toMatchObject({ timeZone: 'Europe/Berlin' })
    const again = { name: 'said', vendor: 'gemini', priority: 1 }
    expect(await providers.upsert.mutate(again)).toMatchObject({ timeZone: 'Europe/Berlin' })
  })

  it('allow nothing with limit 0, anything with null, and keep limits if the list is absent (B71)', async () => {
    await using api = await startTestApi()
    const { providers, quota, stats } = api.client
    const nothing = [{ metric: 'requests', window: 'day', max: 0 }] as const
    await providers.upsert.mutate({ name: 'mine', vendor: 'openai', limits: nothing })
    expect(await quota.reserve.mutate({ providerName: 'mine' })).toMatchObject({ decision: 'denied' })
    await providers.upsert.mutate({ name: 'mine', priority: 1 })
    expect((await stats.get.query({ providerName: 'mine' })).limits[0]).toMatchObject({ max: 0 })
    const endless = [{ metric: 'requests', window: 'day', max: null }] as const
    await providers.upsert.mutate({ name: 'mine', limits: endless })
    expect(await quota.reserve.mutate({ providerName: 'mine', requestCount: 1_000_000 })).toMatchObject({
      decision: 'granted',
    })
  })
})

describe('pools', () => {
  it('are created, listed and removed once they have no providers', async () => {
    await using api = await startTestApi()
    const { pools, providers } = api.client
    const limits = [{ metric: 'requests', window: 'day', max: 1 }] as const
    expect(await pools.upsert.mutate({ name: 'org', limits })).toMatchObject({ name: 'org', providers: [] })
    await providers.upsert.mutate({ name: 'mine', vendor: 'groq', pool: 'org' })
    expect(await pools.list.query()).toMatchObject({
      rows: [{ name: 'org', providers: ['mine'] }],
      nextCursor: null,
    })
    await expect(pools.remove.mutate({ name: 'org' })).rejects.toMatchObject({
      data: { code: 'CONFLICT', quotaCode: 'IN_USE' },
    })
    await providers.upsert.mutate({ name: 'mine', pool: null })
    expect(await pools.remove.mutate({ name: 'org' })).toEqual({ name: 'org' })
  })
})
