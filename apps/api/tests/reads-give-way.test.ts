import {
  MemoryQuotaStore,
  type Query,
  type QueryResult,
  QuotaError,
  type ReadOptions,
} from '@quotakeeper/quota-core'
import { expect, it } from 'vitest'
import { startTestApi } from './test-api.js'

/** A store whose lists never finish, like an overloaded database. */
class HangingLists extends MemoryQuotaStore {
  readonly reading: AbortSignal[] = []

  override async read<Q extends Query>(query: Q, options?: ReadOptions): Promise<QueryResult<Q>> {
    if (query.type === 'snapshot' || query.type === 'recentHours') return super.read(query)
    const { signal } = options ?? {}
    if (signal === undefined) throw new Error('this read cannot be aborted')
    this.reading.push(signal)
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new QuotaError('READ_REFUSED', 'given up')))
    })
  }
}

const days = 'from=2026-11-01&to=2026-11-02'
const input = encodeURIComponent(JSON.stringify({ from: '2026-11-01', to: '2026-11-02', groupBy: ['day'] }))

const paths = [
  '/api/v1/usage/ledger',
  `/api/v1/usage/history?${days}`,
  `/trpc/usage.summary?input=${input}`,
  `/trpc/usage.summary,stats.all?batch=1&input=${encodeURIComponent('{"0":{"from":"2026-11-01","to":"2026-11-02","groupBy":[]}}')}`,
  '/trpc/alerts.list',
  `/api/v1/usage/export?what=history&${days}`,
  '/api/v1/usage/export?what=ledger&format=jsonl',
  '/api/v1/system/examine?providerName=groq_1',
]

it('reads of a disconnected client are aborted, by every protocol', async () => {
  const store = new HangingLists({ now: Date.now })
  await using api = await startTestApi({ store })
  for (const [index, path] of paths.entries()) {
    const client = new AbortController()
    const answer = api.send(path, { signal: client.signal })
    await expect.poll(() => store.reading.length).toBe(index + 1)
    expect(store.reading[index]?.aborted, path).toBe(false)
    client.abort()
    await expect(answer).rejects.toThrow()
    await expect.poll(() => store.reading[index]?.aborted).toBe(true)
  }
  // It is not reported as an internal error.
  expect(JSON.stringify(api.logged)).not.toContain('"level":"error"')
})

it('the number of exports is bounded, and the refusal states when to retry', async () => {
  const store = new HangingLists({ now: Date.now })
  await using api = await startTestApi({ store })
  const path = '/api/v1/usage/export?what=ledger'
  const clients = new AbortController()
  const all = Array.from({ length: 33 }, () => api.send(path, { signal: clients.signal }))
  const ended = Promise.allSettled(all)
  const refused = await Promise.race(all)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await refused.json()).toMatchObject({
    code: 'READ_REFUSED',
    detail: expect.stringMatching(/exports/),
  })
  clients.abort()
  expect((await ended).filter(({ status }) => status === 'rejected')).toHaveLength(32)
  await expect.poll(() => store.reading[0]?.aborted).toBe(true)
  const next = new AbortController()
  const again = api.send(path, { signal: next.signal })
  await expect.poll(() => store.reading.length).toBe(2)
  next.abort()
  await expect(again).rejects.toThrow()
})

it('the store stays ready however many lists are read', async () => {
  const store = new HangingLists({ now: Date.now })
  await using api = await startTestApi({ store })
  expect((await api.send('/readyz')).status).toBe(200)
})

it('long answers are the same by every protocol', async () => {
  await using api = await startTestApi()
  for (let count = 0; count < 300; count++)
    await api.client.providers.upsert.mutate({ name: `key_${count}`, vendor: 'custom' })
  const plain: unknown = await (await api.send('/api/v1/stats')).json()
  expect(plain).toMatchObject({ providers: { length: 305 }, totals: [expect.anything()] })
  const batch: unknown = await (await api.send('/trpc/stats.all,system.health?batch=1')).json()
  const names = expect.arrayContaining([expect.objectContaining({ providerName: 'key_299' })])
  expect(batch).toMatchObject([
    { result: { data: { providers: names, totals: [expect.anything()] } } },
    { result: { data: { status: 'ok' } } },
  ])
  expect((await api.client.stats.all.query()).providers).toHaveLength(305)
})
