import { MemoryQuotaStore, QuotaError, QuotaService } from '@quotakeeper/quota-core'
import { expect, it } from 'vitest'
import { ApiMetrics } from '../src/metrics/api-metrics.js'
import { everyConsumer } from '../src/metrics/every-consumer.js'
import { startTestApi, type TestApi } from './test-api.js'

/** Samples by name and labels, parsed from the text format. */
async function scrape(api: TestApi): Promise<ReadonlyMap<string, number>> {
  const response = await api.send('/metrics')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  return samplesOf(await response.text())
}

function samplesOf(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, sample, value] = /^([a-z_]+(?:\{.*\})?) (\S+)$/.exec(line) ?? []
    expect(value, line).toBeDefined()
    samples.set(sample ?? '', Number(value))
  }
  return samples
}

it('reports grants, denials and remaining quota after real traffic', async () => {
  // At noon tomorrow: in the last hour of a day the rest would last until its end, and nothing is forecast.
  const dayMs = 86_400_000
  const nowMs = Math.ceil(Date.now() / dayMs) * dayMs + dayMs / 2
  await using api = await startTestApi({ now: () => nowMs })
  const { quota, usage } = api.client
  await quota.reserve.mutate({ providerName: 'groq_1', characterCount: 400 })
  await usage.record.mutate({ providerName: 'groq_1', characterCount: 7_200 })
  await quota.reserve.mutate({ providerName: 'groq_1', characterCount: 14_000 })
  await quota.reserve.mutate({ providerName: 'groq_1', characterCount: 99_000 })
  const samples = await scrape(api)
  const limit = '{kind="provider",subject="groq_1",limit="characters/day"}'
  expect(samples.get('quotakeeper_grants_total')).toBe(1)
  expect(samples.get('quotakeeper_denials_total{reason="exhausted"}')).toBe(1)
  expect(samples.get('quotakeeper_denials_total{reason="too_large"}')).toBe(1)
  expect(samples.get(`quotakeeper_limit_used${limit}`)).toBe(7_200)
  expect(samples.get(`quotakeeper_limit_held${limit}`)).toBe(400)
  expect(samples.get(`quotakeeper_limit_remaining_ratio${limit}`)).toBe(0.5)
  expect(samples.get(`quotakeeper_limit_exhausts_seconds${limit}`)).toBeGreaterThan(0)
  expect(samples.get('quotakeeper_batch_commands_count')).toBeGreaterThanOrEqual(4)
  expect(samples.get('quotakeeper_http_requests_total{prefix="trpc",status="2xx"}')).toBe(4)
  expect(samples.get('quotakeeper_store_up')).toBe(1)
})

it('counts expiries, and has no series with names chosen by callers', async () => {
  let nowMs = Date.now()
  await using api = await startTestApi({ now: () => nowMs })
  const limits = [{ metric: 'requests', window: 'day', max: 100, model: '*', per: 'model' }] as const
  await api.client.providers.upsert.mutate({ name: 'apart', vendor: 'v', limits })
  const reserve = (model: string) =>
    api.client.quota.reserve.mutate({ providerName: 'apart', model, ttlSeconds: 1 })
  for (const model of ['x', 'y', 'y', 'z']) await reserve(model)
  nowMs += 2_000
  await api.service.expireDue()
  await reserve('x')
  await api.send('/nowhere/at/all')
  const samples = await scrape(api)
  expect(samples.get('quotakeeper_expiries_total')).toBe(4)
  const series = [...samples.keys()].filter(name => name.includes('limit_used{') && name.includes('"apart"'))
  expect(series).toEqual(['quotakeeper_limit_used{kind="provider",subject="apart",limit="requests/day@*"}'])
  expect(samples.get(series[0] ?? '')).toBe(2)
  expect(samples.get('quotakeeper_http_requests_total{prefix="none",status="4xx"}')).toBe(1)
})

it('has gauges of the limits of as many consumers as set, sums the others, and names no end user', async () => {
  await using api = await startTestApi({ environment: { QUOTA_METRICS_CONSUMERS: '2' } })
  const perMonth = { metric: 'requests', window: 'month', max: 100 } as const
  const perUser = { ...perMonth, id: 'per user', window: 'day', max: 10, per: 'user' } as const
  const names = ['a', 'b', 'c', 'd', 'label-like', 'other']
  for (const name of names) {
    const limits = name === 'label-like' ? [] : [perMonth, perUser]
    await api.client.consumers.upsert.mutate({ name, limits })
  }
  for (const [index, consumer] of names.entries())
    await api.client.usage.record.mutate({
      ...{ providerName: 'groq_1', consumer, requestCount: index + 1, endUser: `user-${index}` },
    })
  await api.client.usage.record.mutate({ providerName: 'groq_1', consumer: 'a', endUser: 'user-9' })
  const samples = await scrape(api)
  const ofConsumers = (gauge: string) =>
    Object.fromEntries(
      [...samples].flatMap(([name, value]) => {
        const [, labels] = new RegExp(`^${gauge}\\{kind="consumer",(.*)\\}$`).exec(name) ?? []
        return labels === undefined ? [] : [[labels.replaceAll(/subject=|limit=|"/g, ''), value]]
      }),
    )
  expect(ofConsumers('quotakeeper_limit_used')).toEqual({
    'a,requests/month': 2,
    'a,per user': 1,
    'b,requests/month': 2,
    'b,per user': 2,
    'other,requests/month': 3 + 4 + 6,
    'other,per user': 3 + 4 + 6,
  })
  expect(ofConsumers('quotakeeper_limit_max')).toMatchObject({
    'a,requests/month': 100,
    'other,requests/month': 300,
  })
  expect(ofConsumers('quotakeeper_limit_remaining_ratio')).toMatchObject({
    'other,requests/month': 287 / 300,
  })
  expect(samples.get('quotakeeper_limits_left_out')).toBe(0)
  expect([...samples.keys()].filter(name => name.includes('user-'))).toEqual([])
})

it('needs the same token as the rest of the API', async () => {
  await using api = await startTestApi({ environment: { QUOTA_API_TOKEN: 'secret-of-the-api-1234' } })
  expect((await api.send('/metrics')).status).toBe(401)
  const headers = { authorization: 'Bearer secret-of-the-api-1234' }
  expect((await api.send('/metrics', { headers })).status).toBe(200)
})

it('is answered while the store is down, and reports it', async () => {
  const down = async (): Promise<never> => {
    throw new QuotaError('STORE_UNAVAILABLE', 'away')
  }
  const service = new QuotaService({ store: { read: down, execute: down, close: async () => {} } })
  const metrics = new ApiMetrics()
  metrics.alertDelivered('webhook', 'failed')
  const readConsumers = () => everyConsumer(service)
  const source = { readStats: () => service.allStats(), readConsumers, storeFault: async () => null }
  const { text } = await metrics.text(source, 0)
  const samples = samplesOf(text)
  expect(samples.get('quotakeeper_store_up')).toBe(0)
  expect(samples.get('quotakeeper_alert_deliveries_total{channel="webhook",outcome="failed"}')).toBe(1)
})

it('reports the store as down if it answers but accepts no writes', async () => {
  const service = new QuotaService({ store: new MemoryQuotaStore({ now: Date.now }) })
  const metrics = new ApiMetrics()
  const upOf = async (fault: string | null): Promise<number | undefined> => {
    const { text } = await metrics.text(
      {
        readStats: () => service.allStats(),
        readConsumers: () => everyConsumer(service),
        storeFault: async () => fault,
      },
      0,
    )
    return samplesOf(text).get('quotakeeper_store_up')
  }
  expect([await upOf('takes no writes'), await upOf(null)]).toEqual([0, 1])
})
