import { beforeEach, describe, expect, it } from 'vitest'
import type { Strategy } from '../domain/strategy.js'
import { parse } from '../input/parse.js'
import { poolSchema, providerSchema } from '../input/provider-input.js'
import { acquireSchema, reserveSchema } from '../input/quota-input.js'
import { recordSchema } from '../input/usage-input.js'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import { QuotaService } from './quota-service.js'

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
const admin = { actor: 'admin', managedBy: 'api' } as const
let nowMs: number
let service: QuotaService

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 25, 12)
  let idCount = 0
  const newId = (): string => {
    idCount++
    return `00000000-0000-4000-8000-${String(idCount).padStart(12, '0')}`
  }
  service = new QuotaService({ store: new MemoryQuotaStore({ now: () => nowMs }), newId })
  for (const [index, name] of names.entries()) await create(name, { priority: index, max: 2 })
})

async function create(name: string, { priority, max }: { priority: number; max: number }): Promise<void> {
  const limits = [{ metric: 'requests', window: 'day', max }]
  await service.upsertProvider(parse(providerSchema, { name, vendor: 'v', priority, limits }), admin)
}

const acquire = (strategy: Strategy, more: object = {}) =>
  service.acquire(parse(acquireSchema, { strategy, ...more }))

async function chosen(strategy: Strategy, more: object = {}): Promise<string | null> {
  const answer = await acquire(strategy, more)
  return answer.decision === 'granted' ? answer.providerName : null
}

async function spend(name: string): Promise<void> {
  await service.record(parse(recordSchema, { providerName: name, requestCount: 2 }))
}

describe('acquire', () => {
  it('reaches the last of many candidates, and states why each of the others was skipped', async () => {
    for (const name of names.slice(0, -1)) await spend(name)
    const answer = await acquire('priority')
    expect(answer).toMatchObject({ decision: 'granted', providerName: 'i' })
    expect(answer.skipped.map(({ providerName }) => providerName)).toEqual(names.slice(0, -1))
  })

  it('is denied if all are spent, until the first of them returns', async () => {
    for (const name of names) await spend(name)
    const limits = [{ metric: 'requests', window: 'hour', max: 1 }]
    await service.upsertProvider(parse(providerSchema, { name: 'h', limits }), admin)
    const answer = await acquire('priority')
    expect(answer).toMatchObject({ decision: 'denied', retryAt: '2026-11-25T13:00:00.000Z' })
    expect(answer.skipped).toHaveLength(names.length)
  })

  it('uses every provider in use, and no removed one', async () => {
    await service.removeProvider({ name: 'a' }, admin)
    expect(await chosen('priority')).toBe('b')
  })

  it('rotates through all candidates, however few are locked at once', async () => {
    const round: unknown[] = []
    for (let turn = 0; turn < 2 * names.length; turn++) round.push(await chosen('round-robin'))
    expect(round).toEqual([...names, ...names])
    expect(await chosen('round-robin')).toBe(null)
  })

  it('repeats the answer to a repeated id, even if another provider would come first by then', async () => {
    const id = '0190a0a0-0000-7000-8000-000000000000'
    const first = await acquire('most-remaining', { id, requestCount: 2 })
    const again = await acquire('most-remaining', { id, requestCount: 2 })
    expect(first).toMatchObject({ decision: 'granted', providerName: 'a' })
    expect(again).toMatchObject({ decision: 'granted', providerName: 'a', reservationId: id })
    expect((await service.allStats()).totals[0]?.remaining).toBe(2 * names.length - 2)
    await expect(acquire('most-remaining', { id })).rejects.toMatchObject({ code: 'ID_REUSED' })
  })

  it('skips providers with limits per model for a call without a model', async () => {
    const limits = [{ metric: 'requests', window: 'day', max: 5, model: 'x' }]
    await service.upsertProvider(parse(providerSchema, { name: 'a', limits }), admin)
    expect(await chosen('priority')).toBe('b')
    expect(await chosen('priority', { model: 'x' })).toBe('a')
  })
})

describe('explain', () => {
  it('states what would be chosen and why others are skipped, and reserves nothing', async () => {
    await spend('a')
    const request = parse(acquireSchema, { strategy: 'priority' })
    for (let times = 0; times < 3; times++) {
      expect(await service.explain(request)).toMatchObject({
        chosen: { providerName: 'b' },
        skipped: [{ providerName: 'a', reasons: [{ code: 'exhausted' }] }],
        retryAt: null,
      })
    }
    expect((await service.stats('b')).limits[0]?.held).toBe(0)
  })

  it('states when the first returns if none is chosen', async () => {
    for (const name of names) await spend(name)
    expect(await service.explain(parse(acquireSchema, {}))).toMatchObject({
      chosen: null,
      retryAt: '2026-11-26T00:00:00.000Z',
    })
  })
})

describe('ids', () => {
  it('are UUIDs of version 7 unless given', async () => {
    const own = new QuotaService({ store: new MemoryQuotaStore({ now: () => nowMs }) })
    await own.upsertProvider(parse(providerSchema, { name: 'a', vendor: 'v' }), admin)
    const answer = await own.reserve(parse(reserveSchema, { providerName: 'a' }))
    expect(answer).toMatchObject({ reservationId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) })
  })
})

describe('settings', () => {
  it('are returned as given, with defaults and without internal fields', async () => {
    const view = await service.provider('a')
    expect(view).toStrictEqual({
      name: 'a',
      vendor: 'v',
      consumers: null,
      pool: null,
      timeZone: 'UTC',
      dayStartsAt: '00:00',
      monthStartsOn: 1,
      models: ['*'],
      limits: [
        {
          id: 'requests/day',
          metric: 'requests',
          window: 'day',
          max: 2,
          model: null,
          per: null,
          mode: 'enforce',
          countsCached: true,
        },
      ],
      learnedLimits: [],
      thresholdsPercent: [80, 90, 100],
      priority: 0,
      onExpiry: 'charge',
      metadata: {},
      managedBy: 'api',
      enabled: true,
      createdAt: '2026-11-25T12:00:00.000Z',
      updatedAt: '2026-11-25T12:00:00.000Z',
    })
  })

  it('of removed providers are not listed, and a pool lists its providers', async () => {
    await service.upsertPool(parse(poolSchema, { name: 'p', limits: [] }), admin)
    for (const name of ['b', 'a'])
      await service.upsertProvider(parse(providerSchema, { name, pool: 'p' }), admin)
    expect(await service.pools()).toMatchObject([{ name: 'p', providers: ['a', 'b'] }])
    await service.removeProvider({ name: 'a' }, admin)
    expect(await service.pools()).toMatchObject([{ name: 'p', providers: ['b'] }])
    await expect(service.provider('a')).rejects.toMatchObject({ code: 'UNKNOWN_PROVIDER' })
    expect((await service.providers()).map(({ name }) => name)).toEqual(names.slice(1))
  })
})
