import { providerRef, QuotaService, QuotaTracker } from '@quotakeeper/quota-core'
import { describe, expect, test } from 'vitest'
import { openDatabase, PostgresQuotaStore } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { createMigratedDatabase } from './migrated-databases.js'
import { withRoundTrips } from './with-round-trips.js'

const day = { metric: 'requests', window: 'day' } as const

describe.each(engines())('settings that another process has changed, on $name', engine => {
  test('show in the very next stats of one provider and of all', async () => {
    await using database = await openMigrated(engine)
    const [reader, writer] = [1, 2].map(
      () => new QuotaTracker({ store: new PostgresQuotaStore({ database }) }),
    )
    if (reader === undefined || writer === undefined) throw new Error('two trackers were made')
    const seen = async () => {
      const all = await reader.getAllProviderStats()
      const one = await reader.getUsageStats('a')
      expect(all.providers.find(({ providerName }) => providerName === 'a')).toMatchObject({
        quotaLimit: one.quotaLimit,
        limits: one.limits,
      })
      const { providers } = all
      return {
        limit: one.quotaLimit,
        limits: one.limits.length,
        names: providers.map(row => row.providerName),
      }
    }
    await writer.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 10 }] })
    expect(await seen()).toEqual({ limit: 10, limits: 1, names: ['a'] })
    await writer.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 7 }] })
    expect(await seen()).toEqual({ limit: 7, limits: 1, names: ['a'] })
    await writer.upsertPool({ name: 'p', limits: [{ ...day, max: 5 }] })
    await writer.upsertProvider({ name: 'a', vendor: 'v', pool: 'p' })
    expect(await seen()).toEqual({ limit: 5, limits: 2, names: ['a'] })
    await writer.upsertPool({ name: 'p', limits: [] })
    await writer.upsertProvider({ name: 'b', vendor: 'v', pool: 'p', limits: [] })
    expect(await seen()).toEqual({ limit: 7, limits: 1, names: ['a', 'b'] })
  })

  test('show in the very next stats of a consumer and of a page', async () => {
    await using database = await openMigrated(engine)
    const reader = new QuotaService({ store: new PostgresQuotaStore({ database }) })
    const writer = new QuotaTracker({ store: new PostgresQuotaStore({ database }) })
    const seen = async () => {
      const { rows } = await reader.consumers.allStats({ cursor: null, pageSize: 10 })
      for (const { consumer, limits, available } of rows)
        expect(await reader.consumers.stats(consumer)).toMatchObject({
          available,
          limits: limits.map(({ id, max }) => ({ id, max })),
        })
      return rows.map(({ consumer, limits, available }) => [
        consumer,
        limits.map(({ max }) => max),
        available,
      ])
    }
    await writer.consumers.upsert({ name: 'team', limits: [{ ...day, max: 10 }] })
    await writer.consumers.upsert({ name: 'app', parent: 'team', limits: [{ ...day, max: 5 }] })
    for (let times = 0; times < 2; times++)
      expect(await seen()).toEqual([
        ['app', [5], true],
        ['team', [10], true],
      ])
    await writer.consumers.upsert({ name: 'team', limits: [{ ...day, max: 0 }] })
    expect(await seen()).toEqual([
      ['app', [5], false],
      ['team', [0], false],
    ])
    await writer.consumers.upsert({ name: 'other' })
    await writer.consumers.upsert({ name: 'app', parent: 'other', limits: [{ ...day, max: 6 }] })
    expect(await seen()).toEqual([
      ['app', [6], true],
      ['other', [], true],
      ['team', [0], false],
    ])
    await writer.consumers.remove('app')
    expect(await seen()).toEqual([
      ['other', [], true],
      ['team', [0], false],
    ])
    await expect(reader.consumers.stats('app')).rejects.toMatchObject({ code: 'UNKNOWN_CONSUMER' })
  })
})

test('a snapshot of all is of one view, though settings change between each two round trips', async () => {
  const created = await createMigratedDatabase()
  const database = await openDatabase(created.url)
  try {
    const writer = new QuotaTracker({ store: new PostgresQuotaStore({ database }) })
    let max = 1
    const change = () => writer.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max }] })
    const maxima: number[] = []
    const changing = withRoundTrips(database, async (statements, run) => {
      const rows = await run(statements)
      maxima.push(max++)
      await change()
      return rows
    })
    await change()
    const reader = new PostgresQuotaStore({ database: changing })
    const { state } = await reader.read({ type: 'snapshot', providerNames: null })
    // Cached settings, settings, state; then both once more in a view that was opened before the fourth change.
    expect(maxima).toEqual([1, 2, 3, 4, 5])
    expect(state.subject(providerRef('a'))?.limits.map(limit => limit.max)).toEqual([4])
  } finally {
    await database.close()
    await created.drop()
  }
})
