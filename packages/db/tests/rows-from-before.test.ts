import { examineStore, QuotaTracker } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { PostgresQuotaStore } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { readValue } from './read-value.js'

/** As the release before enters them, beside this one too: of their provider and their pool, and of nothing else. */
const forgetSubjects = 'update usage_attempt set subject_ids = null'

test.each(engines())(
  'attempts without stored subjects are their provider’s and its pool’s, on $name',
  async engine => {
    await using database = await openMigrated(engine)
    const openStore = () => new PostgresQuotaStore({ database })
    const tracker = new QuotaTracker({ store: openStore() })
    const limits = [{ metric: 'requests', window: 'day', max: 10 }] as const
    await tracker.upsertPool({ name: 'shared', limits })
    await tracker.upsertProvider({ name: 'a', vendor: 'v', pool: 'shared', limits })
    await tracker.upsertProvider({ name: 'b', vendor: 'v', limits })
    const reserve = async (providerName: string, ttlSeconds = 600): Promise<string> => {
      const answer = await tracker.reserve({ providerName, ttlSeconds })
      if (answer.decision !== 'granted') throw new Error('it was denied')
      return answer.reservationId
    }
    const ids = [await reserve('a'), await reserve('a'), await reserve('b')]
    const due = await reserve('a', 1)
    await readValue(database, forgetSubjects)
    // A process that has them from the database alone.
    const store = openStore()
    const other = new QuotaTracker({ store })
    await other.commit({ reservationId: ids[0] ?? '', requestCount: 3 })
    await other.release(ids[2] ?? '')
    await expect(other.upsertProvider({ name: 'a', pool: null })).rejects.toMatchObject({
      code: 'IN_USE',
      field: 'pool',
    })
    // On a busy machine the refused change has expired it already.
    const stateOfDue = async (): Promise<unknown> => {
      await other.expireDue()
      return readValue(database, `select state from usage_attempt where id = '${due}'`)
    }
    await expect.poll(stateOfDue).toBe('expired')
    await other.upsertPool({ name: 'shared', limits: [{ metric: 'requests', window: 'month', max: 10 }] })
    const used = async (): Promise<readonly unknown[]> => {
      const { limits: shown } = await other.getUsageStats('a')
      return shown.map(limit => [limit.subject.kind, limit.used, limit.held])
    }
    expect(await used()).toEqual([
      ['pool', 4, 1],
      ['provider', 4, 1],
    ])
    await other.commit({ reservationId: due, requestCount: 2 })
    await other.commit({ reservationId: ids[1] ?? '', requestCount: 1 })
    await readValue(database, forgetSubjects)
    expect(await examineStore(store, null)).toEqual([])
    await other.resetDailyUsage('a')
    expect(await used()).toEqual([
      ['pool', 0, 0],
      ['provider', 0, 0],
    ])
    expect(await examineStore(store, null)).toEqual([])
    const stored =
      "select string_agg(distinct subject_ids::text, ' ') from usage_attempt where kind = 'adjustment'"
    expect(await readValue(database, stored)).toBe('{1,2}')
  },
)
