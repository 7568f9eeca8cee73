import { randomUUID } from 'node:crypto'
import type { Query, QuotaStore } from '@quotakeeper/quota-core'
import { startPostgres } from '@quotakeeper/test-kit'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, migrate, openDatabase, PostgresQuotaStore, tables } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { fillLists } from './fill-lists.js'

type ListQuery = Extract<Query, { readonly cursor: string | null }>

const ever = { from: '0001-01-01', to: '9999-12-31' } as const
const history = { type: 'history', providerName: null, ...ever, cursor: null, pageSize: 2 } as const
const summary = {
  type: 'summary',
  providerName: null,
  ...ever,
  groupBy: ['hour', 'model'],
  cursor: null,
  pageSize: 2,
} as const
const ledger = { type: 'ledger', providerName: null, requestId: null, cursor: null, pageSize: 2 } as const
const alerts = {
  type: 'alerts',
  subjectKind: null,
  subjectName: null,
  severity: null,
  cursor: null,
  pageSize: 2,
} as const

/** The keys of a list's rows over all of its pages. */
async function everyKey<Row>(
  readPage: (cursor: string | null) => Promise<{ rows: readonly Row[]; nextCursor: string | null }>,
  keyOf: (row: Row) => string,
): Promise<readonly string[]> {
  const keys: string[] = []
  let cursor: string | null = null
  for (let page = 0; page < 100; page++) {
    const { rows, nextCursor }: Awaited<ReturnType<typeof readPage>> = await readPage(cursor)
    keys.push(...rows.map(keyOf))
    if (nextCursor === null) return keys
    cursor = nextCursor
  }
  throw new Error('the pages do not end')
}

describe.each(engines())('lists on $name', engine => {
  let database: Database & AsyncDisposable
  let store: QuotaStore

  beforeAll(async () => {
    database = await openMigrated(engine)
    await fillLists(database)
    store = new PostgresQuotaStore({ database })
  })

  afterAll(() => database[Symbol.asyncDispose]())

  test('the ledger of all providers is newest first over pages, each row once', async () => {
    const keys = await everyKey(
      cursor => store.read({ ...ledger, cursor }),
      row => `${row.occurredAtMs} ${row.id}`,
    )
    expect(keys.length).toBe(9)
    expect(keys).toEqual([...new Set(keys)].sort().reverse())
    expect(keys[0]).toMatch(new RegExp(`^${Date.parse('2026-11-25T10:12:00.123Z')} `))
    const ofOne = await store.read({ ...ledger, requestId: 'b11' })
    expect(ofOne.rows.map(row => row.providerName)).toEqual(['b'])
  })

  test('history, sums and alerts keep their order over pages', async () => {
    const days = await everyKey(
      cursor => store.read({ ...history, cursor }),
      row => `${row.date} ${row.providerName}`,
    )
    expect(days.slice(0, 4)).toEqual(['2026-11-12 a', '2026-11-12 b', '2026-11-12 c', '2026-11-11 a'])
    expect(new Set(days).size).toBe(9)
    const sums = await everyKey(
      cursor => store.read({ ...summary, cursor }),
      row => `${row.hour} ${row.model}`,
    )
    expect(sums).toEqual([...sums].sort())
    expect(sums[0]).toBe('2026-11-25T10:00:00.000Z m-a')
    expect(new Set(sums).size).toBe(9)
    const ids = await everyKey(
      cursor => store.read({ ...alerts, cursor }),
      row => row.id,
    )
    expect(ids).toEqual(['9', '8', '7', '6', '5', '4', '3', '2', '1'])
  })

  const cursorOf = (...values: readonly unknown[]): string =>
    Buffer.from(JSON.stringify(values)).toString('base64url')
  const foreign = ['', 'nonsense', '%', cursorOf(), cursorOf('a'), cursorOf(null, null), cursorOf([1], {})]
  const forged: readonly (readonly [ListQuery, readonly string[]])[] = [
    [history, [...foreign, cursorOf('2026-02-30', 'a'), cursorOf('2026-11-25', '\0'), cursorOf(1, 'a')]],
    [summary, [...foreign, cursorOf('a', '\0'), cursorOf('a', 'b', 'c')]],
    [{ ...summary, groupBy: [] }, foreign],
    [
      ledger,
      [...foreign, cursorOf(-1, randomUUID()), cursorOf('9'.repeat(40), randomUUID()), cursorOf(1, 'a')],
    ],
    [alerts, [...foreign, cursorOf('-1'), cursorOf('1e3'), cursorOf('9'.repeat(40))]],
  ]
  test.each(forged)(
    'a cursor that %j has not given is refused, whatever it holds',
    async (query, cursors) => {
      for (const cursor of cursors) {
        const reading = store.read<ListQuery>({ ...query, cursor })
        await expect(reading, cursor).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'cursor' })
      }
    },
  )

  test('a sum beyond 2^53 − 1 is answered as 2^53 − 1', async () => {
    const rows = ['x', 'y'].map(consumer => ({
      providerName: 'huge',
      hourStart: '2020-01-01T00:00:00.000Z',
      date: '2020-01-01',
      consumer,
      characterCount: Number.MAX_SAFE_INTEGER,
    }))
    await database.drizzle.insert(tables.usageHourly).values(rows)
    const range = { ...summary, from: '2020-01-01', to: '2020-01-01' } as const
    const sum = await store.read({ ...range, groupBy: ['day'] })
    expect(sum.rows.map(row => row.characterCount)).toEqual([Number.MAX_SAFE_INTEGER])
    const apart = await store.read({ ...range, groupBy: ['consumer'] })
    expect(apart.rows.map(row => row.characterCount)).toEqual(rows.map(row => row.characterCount))
  })

  test('a day beyond 2^53 − 1 fails no page', async () => {
    await database.drizzle.execute(sql`insert into ai_provider_usage (writer, provider_name, date, character_count)
      values (quotakeeper_least_writer(), 'huge', '2020-01-02', 9007199254740993)`)
    const page = { ...history, from: '2020-01-01', to: '2020-01-03' } as const
    const { rows } = await store.read(page)
    expect(rows.map(row => row.characterCount)).toContain(Number.MAX_SAFE_INTEGER)
    expect((await store.read(history)).rows.length).toBe(2)
  })

  test('an error of the database is passed on, without the statement', async () => {
    await database.drizzle.execute(sql`alter table quota_alert rename to elsewhere`)
    const error: unknown = await store.read(alerts).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('SQLSTATE 42P01: relation "quota_alert" does not exist'),
      cause: { message: 'a query has failed', cause: { code: '42P01' } },
    })
    expect(String(error)).not.toContain('select')
    await database.drizzle.execute(sql`alter table elsewhere rename to quota_alert`)
  })
})

test('a server that is away is STORE_UNAVAILABLE to every list, and served again once it is back', async () => {
  await using server = await startPostgres()
  const database = await openDatabase(server.url)
  await migrate(database)
  await fillLists(database)
  const store = new PostgresQuotaStore({ database })
  expect((await store.read(history)).rows.length).toBe(2)
  await server.halt()
  const queries: readonly Query[] = [history, summary, ledger, alerts]
  const readings = await Promise.allSettled(queries.map(query => store.read(query)))
  for (const reading of readings) {
    expect(reading).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } })
  }
  await server.resume()
  for (const query of queries) expect(await store.read(query)).toMatchObject({ rows: [{}, {}] })
  await database.close()
})

describe.each(engines())('the ledger of some consumers on $name', engine => {
  test('is the same by their index, as of few, and by a scan, as of many', async () => {
    await using database = await openMigrated(engine)
    await fillLists(database)
    await database.drizzle.execute(sql`update usage_attempt set consumer = provider_name`)
    const others = Array.from({ length: 100 }, (_, index) => `member ${index}`)
    for (const name of ['a', 'b', ...others])
      await database.drizzle.execute(sql`insert into quota_subject (kind, name, owner)
        values ('consumer', ${name}, '{"parent": {"kind": "consumer", "name": "root"}}')`)
    const store = new PostgresQuotaStore({ database })
    const idsOf = (of: { readonly consumers: readonly string[] } | { readonly under: string }) =>
      everyKey(
        cursor => store.read({ ...ledger, ...of, cursor }),
        row => row.id,
      )
    const few = await idsOf({ consumers: ['a', 'b'] })
    expect(new Set(few).size).toBe(6)
    expect(await idsOf({ consumers: ['a', 'b', ...others] })).toEqual(few)
    expect(await idsOf({ under: 'root' })).toEqual(few)
  })
})
