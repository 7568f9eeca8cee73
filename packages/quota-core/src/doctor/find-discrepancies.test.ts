import { beforeEach, describe, expect, it } from 'vitest'
import { limit, record, reserve, upsertProvider } from '../contract/commands.js'
import { noCounts } from '../domain/counts.js'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import { examineStore } from './examine-store.js'
import { findDiscrepancies, type StoreAccounts } from './find-discrepancies.js'

const nowMs = Date.UTC(2026, 10, 25, 12)
let store: MemoryQuotaStore
let accounts: StoreAccounts

beforeEach(async () => {
  store = new MemoryQuotaStore({ now: () => nowMs })
  const limits = [
    limit({ max: 10 }),
    limit({ window: 'rolling-1d', max: 10 }),
    limit({ window: 'total', max: 10 }),
  ]
  await store.execute([
    upsertProvider('a', { vendor: 'v', limits }),
    record('00000000-0000-4000-8000-000000000001', 'a', { counts: { requestCount: 3 } }),
    reserve('00000000-0000-4000-8000-000000000002', 'a', { counts: { requestCount: 2 } }),
  ])
  const whole = { providerName: 'a', cursor: null, pageSize: 100 }
  const { rows: ledger } = await store.read({ type: 'ledger', requestId: null, ...whole })
  const { rows: days } = await store.read({ type: 'history', from: '2026-11-25', to: '2026-11-25', ...whole })
  const { state } = await store.read({ type: 'snapshot', providerNames: ['a'] })
  accounts = { state, nowMs, providerNames: ['a'], ledger, days }
})

describe('the examination of a store', () => {
  it('finds nothing in a consistent one', async () => {
    expect(findDiscrepancies(accounts)).toEqual([])
    expect(await examineStore(store, null)).toEqual([])
    expect(await examineStore(store, ['a'])).toEqual([])
  })

  it('finds a lost row of the ledger', () => {
    const ledger = accounts.ledger.filter(row => row.kind !== 'record')
    expect(findDiscrepancies({ ...accounts, ledger })).toEqual([
      { place: 'provider a: requests/day: used', expected: 0, found: 3 },
      { place: 'provider a: requests/total: used', expected: 0, found: 3 },
      { place: 'a: today: requestCount', expected: 0, found: 3 },
      { place: 'a: day 2026-11-25: requestCount', expected: 0, found: 3 },
    ])
  })

  it('finds a lost reservation in every limit', () => {
    const ledger = accounts.ledger.filter(row => row.kind !== 'call')
    expect(findDiscrepancies({ ...accounts, ledger })).toEqual([
      { place: 'provider a: requests/day: held', expected: 0, found: 2 },
      { place: 'provider a: requests/rolling-1d: held', expected: 0, found: 2 },
      { place: 'provider a: requests/total: held', expected: 0, found: 2 },
    ])
  })

  it('ignores days with pruned rows', () => {
    const days = [...accounts.days, { ...noCounts, providerName: 'a', date: '2026-08-01', requestCount: 7 }]
    const place = 'a: day 2026-08-01: requestCount'
    expect(findDiscrepancies({ ...accounts, days })).toEqual([{ place, expected: 0, found: 7 }])
    expect(findDiscrepancies({ ...accounts, days, wholeFrom: '2026-08-27' })).toEqual([])
  })

  it('compares a limit in total only if no row of its subject can have been pruned', () => {
    const ledger = accounts.ledger.filter(row => row.kind !== 'record')
    const place = 'provider a: requests/total: used'
    const found = (wholeFrom: string) =>
      findDiscrepancies({ ...accounts, ledger, wholeFrom }).filter(discrepancy => discrepancy.place === place)
    // The subject was created on the 25th.
    expect(found('2026-11-25')).toEqual([{ place, expected: 0, found: 3 }])
    expect(found('2026-11-26')).toEqual([])
  })

  it('finds a day with a wrong sum, or a missing day', () => {
    const days = [{ ...noCounts, providerName: 'a', date: '2026-11-24', requestCount: 1 }]
    expect(findDiscrepancies({ ...accounts, days })).toEqual([
      { place: 'a: day 2026-11-25: requestCount', expected: 3, found: 0 },
      { place: 'a: day 2026-11-24: requestCount', expected: 0, found: 1 },
    ])
  })
})
