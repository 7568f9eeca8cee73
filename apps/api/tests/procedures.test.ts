import { describe, expect, it } from 'vitest'
import { startTestApi } from './test-api.js'

const noon = Date.parse('2026-11-25T12:00:00Z')
const id = '01999999-0000-7000-8000-000000000001'

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

  it('are created, read, changed, switched off and on, and removed', async () => {
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

  it('take limit 0 as nothing allowed, null as no limit, and an absent list as no change (B71)', async () => {
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
  it('are created, listed and removed, once nobody is in them', async () => {
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

describe('quota', () => {
  it('is held, extended, and settled into stats', async () => {
    await using api = await startTestApi({ now: () => noon })
    const { quota } = api.client
    const granted = await quota.reserve.mutate({ providerName: 'groq_1', characterCount: 400, id })
    expect(granted).toMatchObject({
      decision: 'granted',
      reservationId: id,
      model: null,
      expiresAt: '2026-11-25T12:10:00.000Z',
    })
    expect(await quota.extend.mutate({ reservationId: id, ttlSeconds: 1_200 })).toEqual({
      reservationId: id,
      expiresAt: '2026-11-25T12:20:00.000Z',
    })
    const stats = await quota.commit.mutate({ reservationId: id, characterCount: 300 })
    expect(stats).toMatchObject({ providerName: 'groq_1', characterCount: 300 })
    expect(stats.limits[0]).toMatchObject({ used: 300, held: 0, remaining: 14_100 })
  })

  it('is given back by release', async () => {
    await using api = await startTestApi()
    const { quota } = api.client
    await quota.reserve.mutate({ providerName: 'groq_1', characterCount: 400, id })
    expect((await quota.release.mutate({ reservationId: id })).limits[0]).toMatchObject({ held: 0 })
  })

  it('is denied as an answer, with reasons and the instant of return', async () => {
    await using api = await startTestApi({ now: () => noon })
    expect(await api.client.quota.reserve.mutate({ providerName: 'groq_1', characterCount: 14_401 })).toEqual(
      {
        decision: 'denied',
        reasons: [
          {
            subject: { kind: 'provider', name: 'groq_1' },
            limitId: 'characters/day',
            code: 'too_large',
            retryAt: null,
          },
        ],
        retryAt: null,
      },
    )
  })

  it('is acquired where there is most, saying whom it skipped; explain takes nothing', async () => {
    await using api = await startTestApi()
    const { quota } = api.client
    const asked = { characterCount: 20_000, strategy: 'priority' } as const
    const explained = await quota.explain.query(asked)
    expect(explained).toMatchObject({ chosen: { providerName: 'huggingface_1' }, retryAt: null })
    const acquired = await quota.acquire.mutate(asked)
    expect(acquired).toMatchObject({ decision: 'granted', providerName: 'huggingface_1' })
    expect(acquired.skipped.map(({ providerName }) => providerName)).toEqual(['groq_1', 'groq_2', 'groq_3'])
  })

  it('is told as remaining and availability, of a model by the limits it meets', async () => {
    await using api = await startTestApi()
    const { providers, quota, usage } = api.client
    const limits = [
      { metric: 'requests', window: 'day', max: 1, model: 'big-*', per: 'model' },
      { metric: 'requests', window: 'day', max: 100 },
    ] as const
    await providers.upsert.mutate({ name: 'mine', vendor: 'groq', limits, models: ['big-*', 'small'] })
    await usage.record.mutate({ providerName: 'mine', model: 'big-1' })
    expect(await quota.remaining.query({ providerName: 'mine', model: 'small' })).toMatchObject({
      quotaLimit: 100,
      remainingPercentage: 0.99,
      limits: [{ id: 'requests/day', remaining: 99 }],
    })
    const ofBig = await quota.remaining.query({ providerName: 'mine', model: 'big-1' })
    expect(ofBig.limits.map(limit => limit.remaining)).toEqual([0, 99])
    expect(await quota.isAvailable.query({ providerName: 'mine' })).toMatchObject({
      model: null,
      available: true,
      availableAt: null,
    })
    const big = await quota.isAvailable.query({ providerName: 'mine', model: 'big-1' })
    expect(big).toMatchObject({ available: false, availableAt: expect.stringMatching(/T00:00:00.000Z$/) })
    const foreign = await quota.isAvailable.query({ providerName: 'mine', model: 'else' })
    expect(foreign).toMatchObject({ available: false, availableAt: null })
  })
})

describe('usage and stats', () => {
  it('are as the original service told them after 1,000 of 14,400 characters', async () => {
    await using api = await startTestApi()
    const recorded = await api.client.usage.record.mutate({ providerName: 'groq_1', characterCount: 1_000 })
    expect(recorded).toMatchObject({ quotaLimit: 14_400, status: 'available', available: true })
    expect(recorded.remainingPercentage).toBe(13_400 / 14_400)
    expect(await api.client.stats.get.query({ providerName: 'groq_1' })).toEqual(recorded)
    const { providers, totals } = await api.client.stats.all.query()
    expect(providers).toHaveLength(5)
    expect(totals).toEqual([
      { metric: 'characters', window: 'day', max: 103_200, used: 1_000, remaining: 102_200 },
    ])
  })

  it('are told by day, by sum and by row, without a Date or a hash among them', async () => {
    await using api = await startTestApi({ now: () => noon })
    const { usage } = api.client
    await usage.record.mutate({
      providerName: 'groq_1',
      characterCount: 7,
      model: 'llama',
      id,
      metadata: { a: 1 },
    })
    const range = { from: '2026-11-25', to: '2026-11-25' }
    expect(await usage.history.query(range)).toMatchObject({
      rows: [{ providerName: 'groq_1', date: '2026-11-25', requestCount: 1, characterCount: 7 }],
      nextCursor: null,
    })
    expect(await usage.summary.query({ ...range, groupBy: ['hour', 'model'] })).toMatchObject({
      rows: [{ hour: '2026-11-25T12:00:00.000Z', model: 'llama', characterCount: 7 }],
    })
    expect((await usage.ledger.query()).rows).toEqual([
      {
        id,
        kind: 'record',
        state: 'committed',
        providerName: 'groq_1',
        pool: null,
        model: 'llama',
        requestId: null,
        consumer: null,
        requestCount: 1,
        characterCount: 7,
        inputTokenCount: 0,
        outputTokenCount: 0,
        cachedInputTokenCount: 0,
        costMicroUsd: 0,
        reserved: expect.objectContaining({ characterCount: 0 }),
        estimated: false,
        outcome: 'succeeded',
        occurredAt: '2026-11-25T12:00:00.000Z',
        date: '2026-11-25',
        expiresAt: null,
        settledAt: '2026-11-25T12:00:00.000Z',
        metadata: { a: 1 },
      },
    ])
  })

  it('go back to nothing by reset, of one and of all', async () => {
    await using api = await startTestApi()
    const { usage } = api.client
    for (const providerName of ['groq_1', 'groq_2']) {
      await usage.record.mutate({ providerName, characterCount: 5 })
    }
    const one = await usage.reset.mutate({ providerName: 'groq_1' })
    expect(one.providers).toMatchObject([{ providerName: 'groq_1', characterCount: 0 }])
    const all = await usage.reset.mutate({ all: true })
    expect(all.providers).toHaveLength(5)
    expect(all.providers.every(provider => provider.characterCount === 0)).toBe(true)
  })

  it('stay exact beyond 32 bits (B52)', async () => {
    await using api = await startTestApi()
    const { usage } = api.client
    await usage.record.mutate({ providerName: 'groq_1', characterCount: 2_147_483_647 })
    const next = await usage.record.mutate({ providerName: 'groq_1', characterCount: 1 })
    expect(next.characterCount).toBe(2_147_483_648)
    const last = await usage.record.mutate({ providerName: 'groq_1', characterCount: 1_000 })
    expect(last.characterCount).toBe(2_147_484_648)
  })
})

describe('alerts', () => {
  it('are listed newest first, by severity and subject, and logged as they are raised', async () => {
    await using api = await startTestApi({ now: () => noon })
    const { alerts, usage } = api.client
    await usage.record.mutate({ providerName: 'groq_1', characterCount: 11_520 })
    await usage.record.mutate({ providerName: 'groq_1', characterCount: 5_000 })
    const all = await alerts.list.query()
    expect(all.rows.map(row => row.thresholdPercent)).toEqual([100, 90, 80])
    expect(all.rows[2]).toMatchObject({
      subject: { kind: 'provider', name: 'groq_1' },
      limitId: 'characters/day',
      model: null,
      severity: 'warning',
      windowStartsAt: '2026-11-25T00:00:00.000Z',
      used: 11_520,
      max: 14_400,
      raisedAt: '2026-11-25T12:00:00.000Z',
    })
    const subject = { kind: 'provider', name: 'groq_1' } as const
    expect((await alerts.list.query({ severity: 'error', subject })).rows).toHaveLength(1)
    const lines = api.logged.filter(line => line['limit'] !== undefined)
    expect(lines.map(line => line['level'])).toEqual(['warn', 'error', 'error'])
    expect(lines[0]).toMatchObject({
      provider: 'groq_1',
      limit: 'characters/day',
      used: 11_520,
      max: 14_400,
      window: 'day',
    })
    expect(lines[2]?.['msg']).toContain('100%')
    expect(lines[2]?.['msg']).toContain('QUOTA EXCEEDED')
  })
})

describe('the system', () => {
  it('tells its health, and what a router of calls has to know without any key', async () => {
    await using api = await startTestApi({ environment: { GEMINI_API_KEY: 'very-secret' } })
    expect(await api.client.system.health.query()).toEqual({
      status: 'ok',
      store: 'available',
      version: '0.0.0-test',
      startedAt: '1970-01-01T00:00:00.000Z',
      configFile: null,
    })
    const routing = await api.client.routing.get.query()
    expect(routing).toMatchObject({ strategy: 'most-remaining', maxWaitMs: 0, aliases: {} })
    expect(routing.providers.map(({ name, apiKeyEnv }) => [name, apiKeyEnv[0]])).toEqual([
      ['gemini_1', 'GEMINI_API_KEY'],
      ['groq_1', 'GROQ_API_KEY'],
      ['groq_2', 'GROQ_API_KEY_2'],
      ['groq_3', 'GROQ_API_KEY_3'],
      ['huggingface_1', 'HF_TOKEN'],
      ['huggingface_2', 'HF_TOKEN_2'],
    ])
    expect(JSON.stringify([routing, api.logged])).not.toContain('very-secret')
  })
})
