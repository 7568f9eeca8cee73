import { MemoryQuotaStore, QuotaError, type QuotaStore } from '@quotakeeper/quota-core'
import { describe, expect, it } from 'vitest'
import { startTestApi } from './test-api.js'

const id = '01999999-0000-7000-8000-000000000001'

/** A store that fails on demand, like a lost network connection. */
class FailingStore implements QuotaStore {
  readonly #store = new MemoryQuotaStore({ now: Date.now })
  failure: Error | null = null

  async execute(...args: Parameters<QuotaStore['execute']>): ReturnType<QuotaStore['execute']> {
    if (this.failure !== null) throw this.failure
    return this.#store.execute(...args)
  }

  read: QuotaStore['read'] = async query => {
    if (this.failure !== null) throw this.failure
    return this.#store.read(query)
  }

  async close(): Promise<void> {}
}

describe('an error', () => {
  it('names an unknown provider, pool or reservation as NOT_FOUND', async () => {
    await using api = await startTestApi()
    const { stats, providers, quota } = api.client
    await expect(stats.get.query({ providerName: 'nobody' })).rejects.toMatchObject({
      message: expect.stringContaining('nobody'),
      data: { code: 'NOT_FOUND', httpStatus: 404, quotaCode: 'UNKNOWN_PROVIDER' },
    })
    await expect(providers.upsert.mutate({ name: 'groq_1', pool: 'nowhere' })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND', quotaCode: 'UNKNOWN_POOL', field: 'pool' },
    })
    await expect(quota.commit.mutate({ reservationId: id })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND', quotaCode: 'UNKNOWN_RESERVATION' },
    })
  })

  it.each([
    ['usage.record', { providerName: 'groq_1', characterCount: -1 }, 'characterCount'],
    ['usage.record', { providerName: 'groq_1', characterCount: 1.5 }, 'characterCount'],
    ['usage.record', { providerName: 'groq_1', characterCount: 2 ** 53 }, 'characterCount'],
    ['usage.record', { providerName: 'groq_1', characterCount: '12' }, 'characterCount'],
    ['usage.record', { providerName: 'groq_1', characterCont: 1 }, 'characterCont'],
    ['usage.record', { providerName: 'groq_1', metadata: { t: 'a\u0000b' } }, 'metadata'],
    ['usage.record', { providerName: 'groq_1', metadata: { t: '\ud83d' } }, 'metadata'],
    ['usage.record', { providerName: 'groq_1', metadata: { t: 'x'.repeat(17_000) } }, 'metadata'],
    ['usage.record', { providerName: 'groq\n1' }, 'providerName'],
    ['usage.record', {}, 'providerName'],
    ['quota.reserve', { providerName: 'groq_1', atLeast: { characterCount: 2 } }, 'atLeast.characterCount'],
    ['providers.upsert', { name: 'mine', vendor: 'x', timeZone: 'Mars/Base' }, 'timeZone'],
    [
      'providers.upsert',
      { name: 'mine', vendor: 'x', limits: [{ metric: 'requests', window: 'fortnight', max: 1 }] },
      'limits.0.window',
    ],
    [
      'providers.upsert',
      {
        name: 'mine',
        vendor: 'x',
        limits: [
          { metric: 'requests', window: 'day', max: 1 },
          { metric: 'requests', window: 'day', max: 2 },
        ],
      },
      'limits.1.id',
    ],
    ['providers.upsert', { name: 'mine' }, 'vendor'],
    ['providers.upsert', { name: 'mine', vendor: 'x', metadata: { baseUrl: 'x' } }, 'metadata.baseUrl'],
    [
      'providers.upsert',
      { name: 'mine', vendor: 'x', metadata: { apiKeyEnv: 'gsk-1' } },
      'metadata.apiKeyEnv',
    ],
    [
      'providers.upsert',
      { name: 'mine', vendor: 'x', metadata: { endpoints: ['chat/completions', 'poems'] } },
      'metadata.endpoints',
    ],
    ['providers.upsert', { name: 'mine', vendor: 'x', metadata: { endpoints: [] } }, 'metadata.endpoints'],
  ])('of bad input to %s names the field, and nothing is counted (%#)', async (path, input, field) => {
    await using api = await startTestApi()
    const response = await api.sendJson(`/trpc/${path}`, input)
    expect(response.status).toBe(400)
    const answer: unknown = await response.json()
    expect(answer).toMatchObject({
      error: { data: { code: 'BAD_REQUEST', quotaCode: 'INVALID_INPUT', field } },
    })
    expect(answer).not.toHaveProperty('error.data.stack')
    expect((await api.client.stats.get.query({ providerName: 'groq_1' })).requestCount).toBe(0)
    expect((await api.client.providers.list.query()).rows).toHaveLength(5)
  })

  it('does not occur for sums beyond 2^53 − 1, which stay exact and are reported as 2^53 − 1', async () => {
    await using api = await startTestApi()
    const { usage, stats, quota } = api.client
    const record = { providerName: 'groq_1', costMicroUsd: Number.MAX_SAFE_INTEGER } as const
    for (let times = 0; times < 10; times++) await usage.record.mutate(record)
    const { costMicroUsd } = await stats.get.query({ providerName: 'groq_1' })
    expect(costMicroUsd).toBe(Number.MAX_SAFE_INTEGER)
    expect(await quota.reserve.mutate({ providerName: 'groq_1' })).toMatchObject({ decision: 'granted' })
    await usage.reset.mutate({ providerName: 'groq_1' })
    expect(await stats.get.query({ providerName: 'groq_1' })).toMatchObject({
      costMicroUsd: 0,
      requestCount: 0,
    })
    const alerts = api.logged.filter(({ msg }) => String(msg).includes('IMPLAUSIBLE COUNT: provider groq_1'))
    expect(alerts[0]).toMatchObject({ level: 'error' })
  })

  it('is CONFLICT for a reused id and for a settled attempt', async () => {
    await using api = await startTestApi()
    const { quota } = api.client
    await quota.reserve.mutate({ providerName: 'groq_1', id })
    await expect(quota.reserve.mutate({ providerName: 'groq_1', id, requestCount: 2 })).rejects.toMatchObject(
      { data: { code: 'CONFLICT', quotaCode: 'ID_REUSED' } },
    )
    await quota.commit.mutate({ reservationId: id })
    await expect(quota.release.mutate({ reservationId: id })).rejects.toMatchObject({
      data: { code: 'CONFLICT', quotaCode: 'ALREADY_SETTLED' },
    })
  })

  it('of an unavailable store is 503, never 429, without internal details', async () => {
    const store = new FailingStore()
    await using api = await startTestApi({ store })
    const cause = new Error('connect ECONNREFUSED db.internal:5432')
    store.failure = new QuotaError('STORE_UNAVAILABLE', 'postgres://user:secret@db.internal is gone', {
      cause,
    })
    const response = await api.sendJson('/trpc/quota.reserve', { providerName: 'groq_1' })
    expect(response.status).toBe(503)
    const text = await response.text()
    expect(text).toContain('STORE_UNAVAILABLE')
    expect(text).not.toMatch(/internal|secret|ECONNREFUSED/)
    expect((await api.sendJson('/api/v1/quota/reserve', { providerName: 'groq_1' })).status).toBe(503)
    expect((await api.send('/readyz')).status).toBe(503)
    expect((await api.send('/healthz')).status).toBe(200)
    expect(await api.client.system.health.query()).toMatchObject({ status: 'degraded' })
    store.failure = null
    expect((await api.sendJson('/trpc/quota.reserve', { providerName: 'groq_1' })).status).toBe(200)
    expect((await api.send('/readyz')).status).toBe(200)
  })

  it('of our own is neutral at every endpoint, and complete in the log', async () => {
    const store = new FailingStore()
    await using api = await startTestApi({ store })
    store.failure = new TypeError('cannot read properties of the inside')
    for (const path of ['/trpc/stats.all', '/api/v1/stats']) {
      const response = await api.send(path)
      expect(response.status).toBe(500)
      const text = await response.text()
      expect(text).toContain('internal error; see the server’s log')
      expect(text).not.toContain('inside')
    }
    expect(JSON.stringify(api.logged)).toContain('cannot read properties of the inside')
  })
})
