import { beforeEach, describe, expect, it } from 'vitest'
import { fact, limit, observe, record, reserve, upsertPool, upsertProvider } from '../contract/commands.js'
import type { Command } from '../domain/command.js'
import type { ProviderStats } from '../domain/outcome.js'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import { providerStats } from './provider-stats.js'
import { totalsOf } from './totals.js'

const nowMs = Date.UTC(2026, 10, 25, 12)
let store: MemoryQuotaStore
let idCount: number

beforeEach(() => {
  idCount = 0
  store = new MemoryQuotaStore({ now: () => nowMs })
})

function id(): string {
  idCount++
  return `00000000-0000-4000-8000-${String(idCount).padStart(12, '0')}`
}

async function apply(...commands: readonly Command[]): Promise<void> {
  for (const outcome of await store.execute(commands)) if (!outcome.ok) throw outcome.error
}

async function stats(name = 'a'): Promise<ProviderStats> {
  const snapshot = await store.read({ type: 'snapshot', providerNames: [name] })
  return providerStats(snapshot.state, name, snapshot.nowMs)
}

const requests = (requestCount: number, model = '') => record(id(), 'a', { model, counts: { requestCount } })

describe('the daily figures', () => {
  it('are those of the daily limit with the smallest share left', async () => {
    const limits = [
      limit({ max: 1_000 }),
      limit({ id: 'rolling', window: 'rolling-24h', max: 10 }),
      limit({ window: 'month', max: 2 }),
      limit({ id: 'by-model', max: 1, model: 'x' }),
      limit({ id: 'shadow', max: 1, mode: 'shadow' }),
    ]
    await apply(upsertProvider('a', { vendor: 'v', limits }), requests(1))
    expect(await stats()).toMatchObject({ quotaLimit: 10, remainingPercentage: 0.9 })
  })

  it('are null without a daily limit, and 0 of a max of 0', async () => {
    await apply(upsertProvider('a', { vendor: 'v', limits: [limit({ window: 'month', max: 2 })] }))
    expect(await stats()).toMatchObject({ quotaLimit: null, remainingPercentage: null })
    await apply(upsertProvider('a', { limits: [limit({ max: 0 })] }))
    expect(await stats()).toMatchObject({ quotaLimit: 0, remainingPercentage: 0 })
  })

  it('exclude held units; remaining does not', async () => {
    await apply(upsertProvider('a', { vendor: 'v', limits: [limit({ max: 10 })] }), reserve(id(), 'a'))
    const { remainingPercentage, limits } = await stats()
    expect([remainingPercentage, limits[0]?.remaining]).toEqual([1, 9])
  })

  it('include usage reported by the vendor', async () => {
    const reported = fact({ max: 10, remaining: 2 })
    await apply(
      upsertProvider('a', { vendor: 'v', limits: [limit({ max: 10 })] }),
      observe('a', { facts: [reported] }),
    )
    expect(await stats()).toMatchObject({ remainingPercentage: 0.2, status: 'warning', requestCount: 0 })
  })
})

describe('status and availability', () => {
  it('a spent minute, or calls in flight, pause a provider without disabling it', async () => {
    const limits = [limit({ window: 'minute', max: 1 }), limit({ max: 10 })]
    await apply(upsertProvider('a', { vendor: 'v', limits }), requests(1))
    expect(await stats()).toMatchObject({
      status: 'available',
      disabledBy: null,
      available: false,
      availableAt: '2026-11-25T12:01:00.000Z',
    })
    await apply(upsertProvider('b', { vendor: 'v', limits: [limit({ max: 1 })] }), reserve(id(), 'b'))
    expect(await stats('b')).toMatchObject({ status: 'available', disabledBy: null, available: false })
  })

  it('a pool’s spent limit applies to every member', async () => {
    await apply(
      upsertPool('p', { limits: [limit({ max: 1 })] }),
      upsertProvider('a', { vendor: 'v', pool: 'p' }),
      upsertProvider('b', { vendor: 'v', pool: 'p' }),
      requests(1),
    )
    expect(await stats('b')).toMatchObject({ status: 'disabled', disabledBy: 'quota', available: false })
  })

  it('being disabled comes first, then the vendor’s refusal, then quota', async () => {
    const refusal = { scope: 'provider', model: '', kind: 'billing', untilMs: null } as const
    await apply(upsertProvider('a', { vendor: 'v', limits: [limit({ max: 1 })] }), requests(1))
    expect((await stats()).disabledBy).toBe('quota')
    await apply(observe('a', { refusal }))
    expect(await stats()).toMatchObject({ disabledBy: 'vendor', availableAt: '2026-11-26T00:00:00.000Z' })
    await apply({ type: 'setEnabled', kind: 'provider', name: 'a', enabled: false, actor: 'admin' })
    expect(await stats()).toMatchObject({ disabledBy: 'admin', availableAt: null })
  })

  it('states when a spent key returns: at its reset', async () => {
    await apply(upsertProvider('a', { vendor: 'v', limits: [limit({ max: 1 })] }), requests(1))
    expect(await stats()).toMatchObject({ availableAt: '2026-11-26T00:00:00.000Z' })
  })
})

describe('models', () => {
  it('are listed separately, and leave the provider available while one of them is', async () => {
    const limits = [limit({ max: 2, model: '*', per: 'model' })]
    await apply(upsertProvider('a', { vendor: 'v', models: ['x', 'y'], limits }), requests(2, 'x'))
    expect(await stats()).toMatchObject({
      status: 'available',
      available: true,
      models: [
        { model: 'x', status: 'disabled', availableAt: '2026-11-26T00:00:00.000Z' },
        { model: 'y', status: 'available', availableAt: null },
      ],
    })
    await apply(requests(2, 'y'))
    expect(await stats()).toMatchObject({ status: 'disabled', disabledBy: 'quota', available: false })
  })

  it('that are all paused for a minute pause the provider without disabling it', async () => {
    const limits = [limit({ window: 'minute', max: 1, model: '*', per: 'model' })]
    await apply(upsertProvider('a', { vendor: 'v', models: ['x'], limits }), requests(1, 'x'))
    expect(await stats()).toMatchObject({ status: 'available', disabledBy: null, available: false })
  })

  it('a spent glob leaves a provider available that serves other models', async () => {
    const limits = [limit({ max: 1, model: 'm-*' })]
    await apply(upsertProvider('a', { vendor: 'v', limits }), requests(1, 'm-1'))
    expect(await stats()).toMatchObject({ available: true, models: [{ model: 'm-*', status: 'disabled' }] })
    await apply(upsertProvider('a', { models: ['m-*'] }))
    expect(await stats()).toMatchObject({ available: false, status: 'disabled' })
  })

  it('that the vendor does not know are listed while barred', async () => {
    const refusal = { scope: 'provider', model: 'x', kind: 'unknown_model', untilMs: nowMs + 1_000 } as const
    await apply(upsertProvider('a', { vendor: 'v' }), observe('a', { refusal }))
    expect(await stats()).toMatchObject({ available: true, models: [{ model: 'x', status: 'disabled' }] })
    await apply(observe('a', { refusal: { ...refusal, untilMs: nowMs - 1 } }))
  })
})

it('totals count a pool once, and exclude limits by model, in shadow mode or without a max', async () => {
  const limits = [
    limit({ metric: 'characters', max: 100 }),
    limit({ max: 5, model: 'x' }),
    limit({ id: 'shadow', max: 5, mode: 'shadow' }),
    limit({ id: 'free', max: null }),
  ]
  await apply(
    upsertPool('p', { limits: [limit({ max: 10 }), limit({ window: 'minute', max: 3 })] }),
    upsertProvider('a', { vendor: 'v', pool: 'p', limits }),
    upsertProvider('b', { vendor: 'v', pool: 'p', limits }),
    record(id(), 'a', { counts: { requestCount: 12, characterCount: 150 } }),
  )
  expect(totalsOf([await stats('a'), await stats('b')])).toEqual([
    { metric: 'requests', window: 'day', max: 10, used: 12, remaining: 0 },
    { metric: 'requests', window: 'minute', max: 3, used: 12, remaining: 0 },
    { metric: 'characters', window: 'day', max: 200, used: 150, remaining: 100 },
  ])
})
