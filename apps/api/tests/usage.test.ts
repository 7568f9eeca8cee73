import { describe, expect, it } from 'vitest'
import { startTestApi } from './test-api.js'

const noon = Date.parse('2026-11-25T12:00:00Z')
const id = '01999999-0000-7000-8000-000000000001'

describe('usage and stats', () => {
  it('equal those of the original service after 1,000 of 14,400 characters', async () => {
    await using api = await startTestApi()
    const recorded = await api.client.usage.record.mutate({ providerName: 'groq_1', characterCount: 1_000 })
    expect(recorded).toMatchObject({
      quotaLimit: 14_400,
      remainingPercentage: 13_400 / 14_400,
      status: 'available',
      available: true,
      modelsLeftOut: null,
    })
    // The same, with a forecast and the number of omitted models; an answer to a call lists its own model.
    const stats = await api.client.stats.get.query({ providerName: 'groq_1' })
    expect(stats).toMatchObject({ ...recorded, modelsLeftOut: 0 })
    const { providers, totals } = await api.client.stats.all.query()
    expect(providers).toHaveLength(5)
    expect(totals).toEqual([
      { metric: 'characters', window: 'day', max: 103_200, used: 1_000, remaining: 102_200 },
    ])
  })

  it('are reported by day, sum and row, without Date objects or hashes', async () => {
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
    expect((await usage.summary.query({ ...range, groupBy: [], providerName: 'groq_2' })).rows).toEqual([])
    expect((await usage.ledger.query({ model: 'llama', state: 'committed' })).rows).toHaveLength(1)
    expect((await usage.ledger.query({ model: 'gemma' })).rows).toEqual([])
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
        endUser: null,
        requestCount: 1,
        characterCount: 7,
        inputTokenCount: 0,
        outputTokenCount: 0,
        cachedInputTokenCount: 0,
        costMicroUsd: 0,
        audioSecondCount: 0,
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

  it('return to 0 by a reset of one provider or of all', async () => {
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
    expect(next).toMatchObject({ characterCount: 2_147_483_648 })
    const last = await usage.record.mutate({ providerName: 'groq_1', characterCount: 1_000 })
    expect(last).toMatchObject({ characterCount: 2_147_484_648 })
  })
})

describe('alerts', () => {
  it('are listed newest first, filtered by severity and subject, and logged as they are raised', async () => {
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
  it('reports its health, and the routing configuration without keys', async () => {
    await using api = await startTestApi({
      environment: {
        GEMINI_API_KEY: 'very-secret',
        QUOTA_API_PROVIDER_PLACES: 'true',
        QUOTA_API_KEY_VARIABLES: 'MY_KEY',
      },
    })
    expect(await api.client.system.health.query()).toEqual({
      status: 'ok',
      store: 'available',
      storeFault: null,
      version: '0.0.0-test',
      startedAt: '1970-01-01T00:00:00.000Z',
      configFile: null,
    })
    const routing = await api.client.routing.get.query()
    expect(routing).toMatchObject({ strategy: 'most-remaining', maxWaitMs: 5_000, aliases: {} })
    expect(routing.providers.map(({ name, apiKeyEnv }) => [name, apiKeyEnv[0]])).toEqual([
      ['gemini_1', 'GEMINI_API_KEY'],
      ['groq_1', 'GROQ_API_KEY'],
      ['groq_2', 'GROQ_API_KEY_2'],
      ['groq_3', 'GROQ_API_KEY_3'],
      ['huggingface_1', 'HF_TOKEN'],
      ['huggingface_2', 'HF_TOKEN_2'],
    ])
    expect(JSON.stringify([routing, api.logged])).not.toContain('very-secret')
    const metadata = { baseUrl: 'http://127.0.0.1:1/v1/', apiKeyEnv: 'MY_KEY' }
    await api.client.providers.upsert.mutate({ name: 'mine', vendor: 'custom', metadata })
    expect((await api.client.routing.get.query()).providers).toContainEqual(
      expect.objectContaining({ name: 'mine', baseUrl: 'http://127.0.0.1:1/v1', apiKeyEnv: ['MY_KEY'] }),
    )
  })
})
