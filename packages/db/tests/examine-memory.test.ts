import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { examineStore, noCounts, type QuotaStore, QuotaTracker } from '@quotakeeper/quota-core'
import { createTestDatabase, isThorough } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { migrate, openDatabase, PostgresQuotaStore } from '../src/index.js'
import { readValue } from './read-value.js'

const copies = 18_000
/** Of which a row in memory takes 1 kB. */
const maxGrowthBytes = 12_000_000

setFlagsFromString('--expose-gc')
// A function of V8's own, which has no type.
const collectGarbage = runInNewContext('gc') as () => void

function heapBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

test.runIf(isThorough)(
  'an examination finds what is amiss in a long ledger, and what it keeps does not grow with it',
  async () => {
    const created = await createTestDatabase()
    await using _dropped = { [Symbol.asyncDispose]: () => created.drop() }
    const database = await openDatabase(created.url)
    const store = new PostgresQuotaStore({ database })
    try {
      await migrate(database)
      const tracker = new QuotaTracker({ store })
      const limits = [{ metric: 'requests', window: 'day', max: 1_000_000 }] as const
      await tracker.upsertProvider({ name: 'a', vendor: 'v', limits })
      await tracker.recordUsage('a')
      expect(await examineStore(store, ['a'])).toEqual([])
      // Each as long as metadata may make them, and charged nothing.
      const names = await readValue(
        database,
        `select string_agg(quote_ident(column_name), ', ') from information_schema.columns
       where table_name = 'usage_attempt' and column_name not in ('id', 'request_count', 'metadata')`,
      )
      await created.execute(
        `insert into usage_attempt (id, request_count, metadata, ${names})
       select gen_random_uuid(), 0, jsonb_build_object('note', repeat('x', 500)), ${names}
       from usage_attempt, generate_series(1, ${copies})`,
      )
      const before = heapBytes()
      let pages = 0
      let most = 0
      const watched: QuotaStore = {
        execute: commands => store.execute(commands),
        read: async (query, options) => {
          pages++
          if (pages % 10 === 0) most = Math.max(most, heapBytes() - before)
          return store.read(query, options)
        },
        close: () => store.close(),
      }
      expect(await examineStore(watched, ['a'])).toEqual([])
      expect(pages).toBeGreaterThan(copies / 1_000)
      expect(most).toBeGreaterThan(0)
      expect(most).toBeLessThan(maxGrowthBytes)
      await tracker.recordUsage('a', { ...noCounts, requestCount: 1 })
      await created.execute(
        `delete from usage_attempt where id = (select id from usage_attempt where request_count = 1 limit 1)`,
      )
      const found = await examineStore(store, ['a'])
      expect(found).toContainEqual({ place: 'provider a: requests/day: used', expected: 1, found: 2 })
    } finally {
      await store.close()
      await database.close()
    }
  },
)
