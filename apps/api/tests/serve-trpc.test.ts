import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { describe, expect, it } from 'vitest'
import type { AppRouter } from '../src/index.js'
import { startTestApi } from './test-api.js'

describe('the tRPC endpoint', () => {
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

  it('accepts explain of a hundred candidates with long names in the URL', async () => {
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

  it('forbids caching', async () => {
    await using api = await startTestApi()
    for (const path of ['/trpc/stats.all', '/api/v1/stats', '/trpc/nothing', '/nothing', '/healthz']) {
      expect((await api.send(path)).headers.get('cache-control'), path).toBe('no-store')
    }
  })

  it('stores unusual names and metadata unchanged (B67)', async () => {
    await using api = await startTestApi()
    const metadata = { "a' OR '1'='1": { __proto__x: 1 }, 'x"; DROP TABLE usage;--': null }
    await api.client.usage.record.mutate({ providerName: 'groq_1', metadata })
    expect((await api.client.usage.ledger.query()).rows[0]?.metadata).toEqual(metadata)
    const name = 'x"; DROP TABLE usage;--'
    await expect(api.client.stats.get.query({ providerName: name })).rejects.toMatchObject({
      data: { field: 'providerName' },
    })
  })

  const query = (value: unknown): string => `input=${encodeURIComponent(JSON.stringify(value))}`
  const groq = { providerName: 'groq_1' }
  const asked: readonly (readonly [string, string, string?])[] = [
    ['a query', `/trpc/stats.get?${query(groq)}`],
    ['a query without input', '/trpc/stats.all'],
    ['a query that finds nothing', `/trpc/stats.get?${query({ providerName: 'nobody' })}`],
    ['a query of bad input', `/trpc/stats.get?${query({ providerName: 1 })}`],
    ['a query of no input that needs one', '/trpc/stats.get'],
    ['a query of no JSON', '/trpc/stats.get?input={'],
    ['a batch', `/trpc/stats.get,quota.remaining?batch=1&${query({ 0: groq, 1: groq })}`],
    ['a batch of one', `/trpc/stats.get?batch=1&${query({ 0: groq })}`],
    ['a batch that fails in part', `/trpc/stats.get,stats.get?batch=1&${query({ 0: groq, 1: {} })}`],
    ['a batch that fails alike', `/trpc/stats.get,stats.get?batch=1&${query({ 0: {}, 1: {} })}`],
    ['a batch whose input is a list', `/trpc/stats.get?batch=1&${query([groq])}`],
    ['a batch without input', '/trpc/stats.all,system.health?batch=1'],
    ['an unknown procedure', '/trpc/stats.nothing'],
    ['a name of every object', '/trpc/constructor'],
    ['a mutation by GET', `/trpc/usage.reset?${query({ all: true })}`],
    ['a query by POST', '/trpc/stats.get', JSON.stringify(groq)],
    ['a mutation', '/trpc/quota.release', '{"reservationId":"018f3f5e-0000-7000-8000-000000000000"}'],
    ['a mutation of bad input', '/trpc/quota.reserve', '{"providerName":"groq_1","extra":1}'],
    ['a mutation of null', '/trpc/quota.reserve', 'null'],
    ['a batch of mutations', '/trpc/quota.extend,quota.reserve?batch=1', '{"0":{},"1":{"providerName":"x"}}'],
    ['an input that comes twice', `/trpc/stats.get?${query(groq)}&${query(groq)}`],
  ]

  it.each(asked)('answers %s like tRPC’s adapter', async (_, path = '', body) => {
    await using api = await startTestApi({ now: () => Date.UTC(2026, 10, 25) })
    const answers = [undefined, 'application/json'].map(async trpcAccept => {
      // This header makes the adapter handle every request.
      const headers: Record<string, string> = trpcAccept === undefined ? {} : { 'trpc-accept': trpcAccept }
      const response =
        body === undefined
          ? await api.send(path, { headers })
          : await api.send(path, {
              method: 'POST',
              body,
              headers: { ...headers, 'content-type': 'application/json' },
            })
      const reported = ['content-type', 'vary', 'www-authenticate', 'cache-control'].map(name =>
        // Fastify also adds the charset UTF-8, which JSON always has.
        response.headers.get(name)?.replace('; charset=utf-8', ''),
      )
      return { status: response.status, reported, text: await response.text() }
    })
    const [quick, whole] = await Promise.all(answers)
    expect(quick).toEqual(whole)
  })

  it('requires a token like the adapter', async () => {
    await using api = await startTestApi({ environment: { QUOTA_API_TOKEN: 'secret' } })
    const both: readonly Record<string, string>[] = [{}, { 'trpc-accept': 'application/json' }]
    for (const headers of both) {
      const response = await api.send('/trpc/stats.all', { headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="quotakeeper"')
    }
  })
})
