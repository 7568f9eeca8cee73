import { expect, test } from 'vitest'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import type { QuotaService } from '../service/quota-service.js'
import { QuotaTracker } from './quota-tracker.js'

/** The tracker's method for each method of the service; null for those that only gateways and settings of routing use. */
const nameAtTracker: Readonly<Record<keyof QuotaService, keyof QuotaTracker | null>> = {
  consumers: 'consumers',
  reserve: 'reserve',
  acquire: 'acquire',
  explain: 'explain',
  assess: null,
  setPriorities: null,
  commit: 'commit',
  settle: 'observe',
  observe: 'observe',
  release: 'release',
  extend: 'extend',
  expireDue: 'expireDue',
  record: 'recordUsage',
  resetUsage: 'resetDailyUsage',
  grantQuota: 'grantQuota',
  aheadOfClock: 'aheadOfClock',
  rewindClock: 'rewindClock',
  examine: 'examine',
  standing: 'getRemainingPercentage',
  stats: 'getUsageStats',
  allStats: 'getAllProviderStats',
  modelLimits: 'getModelLimits',
  providers: 'listProviders',
  providersPage: 'listProviders',
  provider: 'getProvider',
  pools: 'listPools',
  upsertProvider: 'upsertProvider',
  upsertPool: 'upsertPool',
  removeProvider: 'removeProvider',
  removePool: 'removePool',
  setProviderEnabled: 'setProviderEnabled',
  retryProvider: 'retryProvider',
  retryKey: null,
  refusedKeys: null,
  read: 'getLedger',
}

function trackerInMemory(): QuotaTracker {
  return new QuotaTracker({ store: new MemoryQuotaStore({ now: () => Date.UTC(2026, 10, 25, 12) }) })
}

test('the tracker has every operation of the service', () => {
  const tracker = trackerInMemory()
  for (const name of Object.values(nameAtTracker))
    if (name !== null) expect(tracker[name]).toBeTypeOf(name === 'consumers' ? 'object' : 'function')
})

test('a provider is created, listed, explained, disabled, examined and removed', async () => {
  const tracker = trackerInMemory()
  await tracker.upsertPool({ name: 'team', limits: [] })
  await tracker.upsertProvider({
    name: 'groq_1',
    vendor: 'groq',
    pool: 'team',
    limits: [{ metric: 'requests', window: 'day', max: 2 }],
  })
  expect((await tracker.listProviders()).map(({ name }) => name)).toEqual(['groq_1'])
  expect((await tracker.getProvider('groq_1')).pool).toBe('team')
  expect((await tracker.explain({})).chosen?.providerName).toBe('groq_1')
  await tracker.recordUsage('groq_1', { requestCount: 2 })
  const { rows } = await tracker.getLedger({ providerName: 'groq_1' })
  expect(rows.map(({ charged }) => charged.requestCount)).toEqual([2])
  expect((await tracker.getAlerts()).rows.map(({ severity }) => severity)).toEqual([
    'error',
    'critical',
    'warning',
  ])
  const day = { from: '2026-11-25', to: '2026-11-25' }
  expect((await tracker.getHistory(day)).rows).toHaveLength(1)
  expect((await tracker.getSummary({ ...day, groupBy: ['provider'] })).rows).toHaveLength(1)
  expect((await tracker.explain({})).skipped[0]?.reasons[0]?.code).toBe('exhausted')
  expect((await tracker.setProviderEnabled({ name: 'groq_1', enabled: false })).status).toBe('disabled')
  await tracker.setProviderEnabled({ name: 'groq_1', enabled: true })
  expect((await tracker.retryProvider('groq_1')).providerName).toBe('groq_1')
  expect((await tracker.examine('groq_1')).discrepancies).toEqual([])
  await tracker.removeProvider('groq_1')
  expect(await tracker.listProviders()).toEqual([])
  await tracker.removePool('team')
  expect(await tracker.listPools()).toEqual([])
})

test('an invalid input is reported before the store is called', async () => {
  const tracker = trackerInMemory()
  await expect(tracker.getProvider('')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(tracker.getHistory({ from: '2026-11-26', to: '2026-11-25' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})

test('a limit with an invalid window does not compile, and is refused at run time', async () => {
  const upsert = trackerInMemory().upsertProvider({
    name: 'groq_1',
    vendor: 'groq',
    // @ts-expect-error: not a window
    limits: [{ metric: 'requests', window: 'daily', max: 2 }],
  })
  await expect(upsert).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'limits.0.window' })
})
