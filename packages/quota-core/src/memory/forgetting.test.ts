import { expect, test } from 'vitest'
import { examineStore } from '../doctor/examine-store.js'
import { QuotaTracker } from '../tracker/quota-tracker.js'
import { MemoryQuotaStore } from './memory-quota-store.js'

const dayMs = 86_400_000
const firstMs = Date.UTC(2026, 10, 25, 12)

/** A tracker in memory with a settable clock. */
async function trackerAt(ledgerDays?: number) {
  const clock = { nowMs: firstMs }
  const store = new MemoryQuotaStore({
    now: () => clock.nowMs,
    ...(ledgerDays === undefined ? {} : { ledgerDays }),
  })
  const tracker = new QuotaTracker({ store })
  await tracker.upsertProvider({
    name: 'a',
    vendor: 'custom',
    limits: [
      { metric: 'requests', window: 'month', max: 1_000_000 },
      { metric: 'requests', window: 'day', max: 1_000, per: 'model' },
    ],
  })
  const rows = async () => (await tracker.getLedger({ pageSize: 10_000 })).rows
  return { clock, store, tracker, rows }
}

test('calls older than the retention are pruned, and history with them', async () => {
  const { clock, store, tracker, rows } = await trackerAt(32)
  for (let call = 0; call < 50; call++) await tracker.recordUsage('a', { model: 'm' })
  clock.nowMs += 32 * dayMs
  for (let call = 0; call < 40; call++) await tracker.recordUsage('a', { model: 'm' })
  expect(await rows()).toHaveLength(90)
  clock.nowMs += 1_000
  for (let call = 0; call < 40; call++) await tracker.recordUsage('a', { model: 'm' })
  expect(await rows()).toHaveLength(80)
  const days = await tracker.getHistory({ from: '2026-11-25', to: '2026-12-31' })
  expect(days.rows.map(({ requestCount }) => requestCount)).toEqual([80])
  expect(await examineStore(store, ['a'], { wholeFrom: '2026-12-26' })).toEqual([])
})

test('a store under steady load keeps a bounded number of calls', async () => {
  const { clock, tracker, rows } = await trackerAt(32)
  let most = 0
  for (let call = 0; call < 2_000; call++) {
    await tracker.recordUsage('a', { model: 'm' })
    clock.nowMs += dayMs / 4
    if (call % 50 === 0) most = Math.max(most, (await rows()).length)
  }
  // 128 calls are younger than 32 days; the rest has not been examined yet.
  expect(most).toBeGreaterThan(128)
  expect(most).toBeLessThan(200)
})

test('pending calls are not pruned, and the age of a late settlement counts from it', async () => {
  const { clock, tracker, rows } = await trackerAt(32)
  const held = await tracker.reserve({ providerName: 'a', model: 'm' })
  if (held.decision !== 'granted') throw new Error('there was room')
  clock.nowMs += 60 * dayMs
  for (let call = 0; call < 20; call++) await tracker.recordUsage('a', { model: 'm' })
  expect((await rows()).map(({ id }) => id)).toContain(held.reservationId)
  await tracker.commit({ reservationId: held.reservationId })
  clock.nowMs += 31 * dayMs
  for (let call = 0; call < 20; call++) await tracker.recordUsage('a', { model: 'm' })
  expect((await rows()).map(({ id }) => id)).toContain(held.reservationId)
  clock.nowMs += 2 * dayMs
  for (let call = 0; call < 20; call++) await tracker.recordUsage('a', { model: 'm' })
  expect((await rows()).map(({ id }) => id)).not.toContain(held.reservationId)
})

test('counters of models are dropped after their day', async () => {
  const { clock, tracker } = await trackerAt()
  for (let model = 0; model < 30; model++) await tracker.recordUsage('a', { model: `m${model}` })
  const models = async () => (await tracker.getUsageStats('a')).limits.filter(({ model }) => model !== null)
  expect(await models()).toHaveLength(30)
  clock.nowMs += 3 * dayMs
  await tracker.recordUsage('a', { model: 'new' })
  await tracker.recordUsage('a', { model: 'new' })
  expect((await models()).map(({ model }) => model)).toEqual(['new'])
})

test('what a limit in total has counted outlives its calls; one that is added starts from what is left', async () => {
  const { clock, store, tracker, rows } = await trackerAt(32)
  const total = { metric: 'requests', window: 'total', max: 1_000 } as const
  const limits = [total, { ...total, id: 'each', per: 'model' }] as const
  await tracker.upsertProvider({ name: 'a', limits })
  for (let call = 0; call < 50; call++) await tracker.recordUsage('a', { model: 'm' })
  clock.nowMs += 33 * dayMs
  for (let call = 0; call < 40; call++) await tracker.recordUsage('a', { model: 'n' })
  expect(await rows()).toHaveLength(40)
  await tracker.upsertProvider({ name: 'a', limits: [...limits, { ...total, id: 'later' }] })
  const { limits: states } = await tracker.getUsageStats('a')
  expect(states.map(({ id, model, used }) => [id, model, used])).toEqual([
    ['requests/total', null, 90],
    ['each', 'm', 50],
    ['each', 'n', 40],
    ['later', null, 40],
  ])
  expect(await examineStore(store, ['a'], { wholeFrom: '2026-12-27' })).toEqual([])
})

test('days out of range are refused, and the error names the field', () => {
  for (const ledgerDays of [0, 31, 31.5, Number.NaN, 36_501])
    expect(() => new MemoryQuotaStore({ now: Date.now, ledgerDays })).toThrow('ledgerDays must be')
})

test('a clock ahead for a moment drops no current counter', async () => {
  const { clock, tracker, rows } = await trackerAt(32)
  await tracker.upsertProvider({ name: 'b', vendor: 'custom', limits: [] })
  for (let call = 0; call < 20; call++) await tracker.recordUsage('a', { model: 'm', requestCount: 50 })
  clock.nowMs += 60 * dayMs
  for (let call = 0; call < 20; call++) await tracker.recordUsage('b', { model: 'm' })
  clock.nowMs -= 60 * dayMs
  expect(await rows()).toHaveLength(40)
  expect((await tracker.reserve({ providerName: 'a', model: 'm' })).decision).toBe('denied')
})
