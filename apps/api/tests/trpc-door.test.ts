import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { describe, expect, it } from 'vitest'
import type { AppRouter } from '../src/index.js'
import { startTestApi } from './test-api.js'

describe('the tRPC door', () => {
  it('answers a batch call by call, and refuses one of more than 100 calls', async () => {
    await using api = await startTestApi()
    const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${api.origin}/trpc` })] })
    const [one, two] = await Promise.allSettled([
      client.stats.get.query({ providerName: 'groq_1' }),
      client.stats.get.query({ providerName: 'nobody' }),
    ])
    expect([one.status, two.status]).toEqual(['fulfilled', 'rejected'])
    const many = Array.from({ length: 101 }, () => 'stats.all').join(',')
    expect((await api.send(`/trpc/${many}?batch=1`)).status).toBe(400)
  })

  it('changes nothing by GET', async () => {
    await using api = await startTestApi()
    const input = encodeURIComponent(JSON.stringify({ all: true }))
    expect((await api.send(`/trpc/usage.reset?input=${input}`)).status).toBe(405)
  })

  it('takes explaining a hundred candidates of long names as an address', async () => {
    await using api = await startTestApi()
    const candidates = Array.from({ length: 100 }, () => ({ providerName: 'groq_1', model: 'm'.repeat(200) }))
    expect(await api.client.quota.explain.query({ candidates })).toMatchObject({
      chosen: { providerName: 'groq_1' },
    })
  })

  it('refuses bodies that are not JSON, too large, or not of that type', async () => {
    await using api = await startTestApi()
    const post = (body: string, type: string): Promise<Response> =>
      api.send('/trpc/usage.record', { method: 'POST', body, headers: { 'content-type': type } })
    expect((await post('{', 'application/json')).status).toBe(400)
    expect((await post(`"${'x'.repeat(1_100_000)}"`, 'application/json')).status).toBe(413)
    expect((await post('{"providerName":"groq_1"}', 'text/plain')).status).toBe(415)
    expect((await post('providerName=groq_1', 'application/x-www-form-urlencoded')).status).toBe(415)
    expect((await api.send('/trpc/usage.record', { method: 'POST' })).status).toBe(415)
    expect((await api.client.stats.get.query({ providerName: 'groq_1' })).requestCount).toBe(0)
  })

  it('lets nothing be cached', async () => {
    await using api = await startTestApi()
    for (const path of ['/trpc/stats.all', '/api/v1/stats', '/trpc/nothing', '/nothing', '/healthz']) {
      expect((await api.send(path)).headers.get('cache-control'), path).toBe('no-store')
    }
  })

  it('keeps the strangest names and metadata as they are (B67)', async () => {
    await using api = await startTestApi()
    const metadata = { "a' OR '1'='1": { __proto__x: 1 }, 'x"; DROP TABLE usage;--': null }
    await api.client.usage.record.mutate({ providerName: 'groq_1', metadata })
    expect((await api.client.usage.ledger.query()).rows[0]?.metadata).toEqual(metadata)
    const name = 'x"; DROP TABLE usage;--'
    await expect(api.client.stats.get.query({ providerName: name })).rejects.toMatchObject({
      data: { field: 'providerName' },
    })
  })
})
