import { readFileSync } from 'node:fs'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { describe, expect, test } from 'vitest'
import { type Database, migrate, PostgresQuotaStore, type Row } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { readValue } from './read-value.js'

interface Recorded {
  readonly text: string
  readonly values: readonly unknown[]
}

/**
 * What the store of the release before revisions sends, recorded from that commit: the writes of a reservation, a
 * settlement, a record and a change of settings, and what it reads. The fire runs the commit itself.
 */
const older: {
  readonly writes: Readonly<Record<string, readonly Recorded[]>>
  readonly read: readonly Recorded[]
} = JSON.parse(readFileSync(new URL('older-writer.json', import.meta.url), 'utf8'))

function send(database: Database, statements: readonly Recorded[]): Promise<readonly (readonly Row[])[]> {
  return database.withSession(session => session.run(statements.map(each => ({ name: '', ...each }))))
}

/** All that calls and settings write. */
function booksOf(database: Database): Promise<unknown> {
  return readValue(
    database,
    `select json_build_array((select json_agg(t order by t.id) from usage_attempt t), (select json_agg(t) from quota_counter t),
      (select json_agg(t) from ai_provider_usage t), (select json_agg(t) from quota_subject t))::text`,
  )
}

describe.each(engines())('beside an older process, on $name,', engine => {
  test('whatever it writes is refused as to a database that is read-only, and changes nothing; it may read', async () => {
    await using database = await openMigrated(engine)
    const tracker = new QuotaTracker({ store: new PostgresQuotaStore({ database }) })
    const limits = [{ metric: 'requests', window: 'day', max: 10 }] as const
    await tracker.upsertProvider({ name: 'a', vendor: 'v', limits })
    await tracker.recordUsage('a')
    await tracker.reserve({ providerName: 'a' })
    const before = await booksOf(database)
    expect(Object.keys(older.writes)).toEqual(['reserve', 'commit', 'record', 'settings'])
    for (const [what, statements] of Object.entries(older.writes)) {
      await expect(send(database, statements), what).rejects.toMatchObject({
        code: '25006',
        message: expect.stringContaining('a newer release of Quotakeeper'),
      })
    }
    expect(await booksOf(database)).toBe(before)
    const [[row] = []] = await send(database, older.read)
    expect(row?.['counters']).toMatchObject([{ used: 1, held: 1 }])
  })

  test('every row that counts says who has entered it', async () => {
    await using database = await openMigrated(engine)
    const tracker = new QuotaTracker({ store: new PostgresQuotaStore({ database }) })
    const limits = [{ metric: 'requests', window: 'day', max: 10 }] as const
    await tracker.upsertProvider({ name: 'a', vendor: 'v', limits })
    for (let call = 0; call < 2; call++) {
      const granted = await tracker.reserve({ providerName: 'a' })
      if (granted.decision === 'granted')
        await tracker.commit({ reservationId: granted.reservationId, requestCount: 1 })
    }
    await tracker.recordUsage('a')
    await tracker.resetDailyUsage('a')
    for (const table of ['usage_attempt', 'quota_counter', 'ai_provider_usage']) {
      const text = `select count(*)::int from ${table} where writer is distinct from quotakeeper_least_writer()`
      expect(await readValue(database, text), table).toBe(0)
      expect(await readValue(database, `select count(*)::int > 0 from ${table}`), table).toBe(true)
    }
  })

  test('a start beside tables of a newer release is refused in one line, and changes nothing', async () => {
    await using database = await openMigrated(engine)
    await readValue(
      database,
      `create or replace function quotakeeper_least_writer() returns smallint language sql immutable as 'select 7::smallint'`,
    )
    await readValue(database, "delete from quotakeeper_migration where ctid = '(0,1)'")
    const refusal: unknown = await migrate(database).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', field: 'QUOTA_DATABASE_URL' })
    expect(String(refusal)).toMatch(
      /^[^\n]*newer release of Quotakeeper \(its tables require writer 7[^\n]*$/,
    )
  })
})
