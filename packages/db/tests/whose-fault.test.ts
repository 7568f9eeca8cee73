import { QuotaError, QuotaTracker } from '@quotakeeper/quota-core'
import { isThorough } from '@quotakeeper/test-kit'
import { describe, expect, test } from 'vitest'
import {
  type Database,
  DatabaseFailure,
  openDatabase,
  PostgresQuotaStore,
  RequestTraces,
  toStoreError,
} from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { createMigratedDatabase } from './migrated-databases.js'
import { readValue } from './read-value.js'

const day = { metric: 'requests', window: 'day' } as const

/** Lets the database refuse each new row of the ledger, or those of one provider, with this SQLSTATE. */
async function refuseCalls(database: Database, sqlState: string, providerName?: string): Promise<void> {
  await readValue(
    database,
    `create or replace function refuse() returns trigger language plpgsql as $$
      begin raise exception using errcode = '${sqlState}', message = 'the server''s own words'; end $$`,
  )
  const only = providerName === undefined ? '' : `when (new.provider_name = '${providerName}')`
  await readValue(
    database,
    `create trigger refuse before insert on usage_attempt for each row ${only} execute function refuse()`,
  )
}

/** Leaves the schema as it was: a later test takes this PGlite then, and starts none. */
function refuseNoMore(database: Database): Promise<unknown> {
  return readValue(database, 'drop function refuse cascade')
}

async function storeOn(database: Database) {
  const reported: QuotaError[] = []
  const listener = { onAlert: () => {}, onUnavailable: (error: QuotaError) => void reported.push(error) }
  const store = new PostgresQuotaStore({ database, listener })
  const tracker = new QuotaTracker({ store })
  for (const name of ['a', 'b'])
    await tracker.upsertProvider({ name, vendor: 'v', limits: [{ ...day, max: 1_000 }] })
  return { store, tracker, reported }
}

/** Full disk, no right, a fault of PostgreSQL's, one that nobody knows; and others of their kinds. */
const faultsOfStore = [
  ...['53100', '42501', 'XX000', 'QQ123'],
  ...(isThorough ? ['53200', '42P01', '54000', '58030', 'XX002', 'P0001'] : []),
]

describe.each(engines())('what a database refuses, on $name,', engine => {
  test('is the fault of the store: callers get STORE_UNAVAILABLE with the reason, until it is fixed', async () => {
    await using database = await openMigrated(engine)
    const { store, tracker, reported } = await storeOn(database)
    for (const [index, sqlState] of faultsOfStore.entries()) {
      expect(await store.writeFault(), sqlState).toBeNull()
      await refuseCalls(database, sqlState)
      const message = expect.stringContaining(`SQLSTATE ${sqlState}: the server's own words`)
      for (const call of [tracker.reserve({ providerName: 'a' }), tracker.recordUsage('b')])
        await expect(call, sqlState).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message })
      expect(await store.writeFault(), sqlState).toMatchObject({ message })
      expect(reported.splice(0)[0], sqlState).toMatchObject({ message })
      await refuseNoMore(database)
      await tracker.recordUsage('a')
      expect((await tracker.getUsageStats('a')).requestCount).toBe(index + 1)
    }
  })

  test('is the fault of the input for SQLSTATEs of the classes 22 and 23', async () => {
    await using database = await openMigrated(engine)
    const { store, tracker, reported } = await storeOn(database)
    for (const sqlState of ['22003', '22P05', '23514', '23P01']) {
      await refuseCalls(database, sqlState)
      const call = tracker.reserve({ providerName: 'a' })
      await expect(call, sqlState).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect([await store.writeFault(), reported], sqlState).toEqual([null, []])
      await refuseNoMore(database)
    }
  })

  test('a fault that only one provider meets fails none of its neighbours, whose writes show that the store is well', async () => {
    await using database = await openMigrated(engine)
    const { store, tracker } = await storeOn(database)
    await refuseCalls(database, 'XX002', 'b')
    const names = Array.from({ length: 40 }, (_, index) => (index % 4 === 1 ? 'b' : 'a'))
    const answers = await Promise.allSettled(names.map(providerName => tracker.reserve({ providerName })))
    expect(answers.map(({ status }) => status)).toEqual(
      names.map(name => (name === 'b' ? 'rejected' : 'fulfilled')),
    )
    await tracker.recordUsage('a')
    expect(await store.writeFault()).toBeNull()
    expect((await tracker.getUsageStats('a')).limits[0]).toMatchObject({ held: 30, used: 1 })
    await refuseNoMore(database)
  })

  test('where nobody writes any more, a trial shows that writes land again, and leaves nothing', async () => {
    await using database = await openMigrated(engine)
    const { store, tracker } = await storeOn(database)
    await refuseCalls(database, '53100')
    await expect(tracker.reserve({ providerName: 'a' })).rejects.toThrow('53100')
    const clock = performance.now.bind(performance)
    const later = () => clock() + 60_000
    try {
      performance.now = later
      expect(await store.writeFault()).toMatchObject({ message: expect.stringContaining('53100') })
      await refuseNoMore(database)
      expect(await store.writeFault()).toBeNull()
    } finally {
      performance.now = clock
    }
    const counts = ['usage_attempt', 'quota_counter', 'ai_provider_usage', 'usage_hourly'].map(table =>
      readValue(database, `select count(*)::int from ${table}`),
    )
    expect(await Promise.all(counts)).toEqual([0, 0, 0, 0])
  })

  test('reads and the routing of requests tell the same of the store', async () => {
    await using database = await openMigrated(engine)
    const { store, reported } = await storeOn(database)
    await readValue(database, 'alter table usage_hourly rename to elsewhere')
    const query = {
      type: 'summary',
      providerName: null,
      from: '2026-01-01',
      to: '2026-01-02',
      groupBy: [],
    } as const
    await expect(store.read({ cursor: null, pageSize: 10, ...query })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('42P01'),
    })
    expect(reported).toHaveLength(1)
    await readValue(database, 'alter table request_trace rename to elsewhere_too')
    const failing = new RequestTraces(database).find('x')
    await expect(failing).rejects.toBeInstanceOf(DatabaseFailure)
    const failure: unknown = await failing.catch(error => error)
    expect(toStoreError(failure as DatabaseFailure)).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})

test('a thousand callers of a database whose disk is full fail at once', async () => {
  await using created = await createMigratedDatabase()
  const database = await openDatabase(created.url)
  const { tracker } = await storeOn(database)
  await refuseCalls(database, '53100')
  const calls = Array.from({ length: 1_000 }, () => tracker.recordUsage('a'))
  const codes = (await Promise.allSettled(calls)).map(answer =>
    answer.status === 'rejected' && answer.reason instanceof QuotaError ? answer.reason.code : answer.status,
  )
  expect(new Set(codes)).toEqual(new Set(['STORE_UNAVAILABLE']))
  await database.close()
})
