import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database, Statement } from '../src/index.js'
import { engines } from './engines.js'
import { readValue, valueIn } from './read-value.js'

function statement(text: string, values: readonly unknown[] = []): Statement {
  return { name: text, text, values }
}

function once(text: string): Statement {
  return { name: '', text, values: [] }
}

describe.each(engines())('a session on $name', ({ open }) => {
  let database: Database & AsyncDisposable

  beforeAll(async () => {
    database = await open()
  })

  afterAll(() => database[Symbol.asyncDispose]())

  test('answers the rows of each statement, in order', async () => {
    const results = await database.withSession(session =>
      session.run([
        once('create temporary table t (n int8)'),
        statement('insert into t select unnest($1::int8[]) returning n', [[1, 2]]),
        statement('select n + $1::int8 as sum from t order by n', [40]),
        once('drop table t'),
      ]),
    )
    expect(results).toEqual([[], [{ n: '1' }, { n: '2' }], [{ sum: '41' }, { sum: '42' }], []])
  })

  test('gives each row as it comes to who wants it so, and keeps none', async () => {
    const given: unknown[] = []
    const wanted = statement('select generate_series(1, $1::int4)::int8 as n', [3])
    const results = await database.withSession(session =>
      session.run([
        statement("select 'before' as word"),
        { ...wanted, onRow: ({ n }) => given.push(n) },
        statement("select 'after' as word"),
      ]),
    )
    expect(given).toEqual(['1', '2', '3'])
    expect(results).toEqual([[{ word: 'before' }], [], [{ word: 'after' }]])
  })

  test('throws the error of the first statement that fails, with its SQLSTATE', async () => {
    const failing = database.withSession(session =>
      session.run([once('begin'), statement('select 1 / $1::int4', [0]), once('select no_such_column')]),
    )
    await expect(failing).rejects.toMatchObject({ code: '22012', severity: 'ERROR' })
  })

  test('leaves nothing behind when the work rejects', async () => {
    await readValue(database, 'create table given_up (n int4)')
    const failing = database.withSession(async session => {
      await session.run([once('begin'), once('insert into given_up values (1)')])
      throw new Error('the work has changed its mind')
    })
    await expect(failing).rejects.toThrow('the work has changed its mind')
    expect(await readValue(database, 'select count(*) from given_up')).toBe('0')
    expect(await readValue(database, 'select txid_current_if_assigned()')).toBeNull()
  })

  test('is alone on its connection, so that others see what it has committed only', async () => {
    await readValue(database, 'create table shared (n int4)')
    const inside = database.withSession(async session => {
      await session.run([once('begin'), once('insert into shared values (1)')])
      await session.run([once('commit')])
    })
    const countRows = () => database.drizzle.select({ count: sql<string>`count(*)` }).from(sql`shared`)
    const outside = Promise.all(Array.from({ length: 20 }, countRows))
    await inside
    for (const [row] of await outside) expect(['0', '1']).toContain(row?.count)
    expect(await countRows()).toEqual([{ count: '1' }])
  })

  test('may take longer where that is asked for, and only there', async () => {
    const show = "select current_setting('statement_timeout') || ' ' || current_setting('lock_timeout')"
    const before = await readValue(database, show)
    const patient = await database.withSession(session => valueIn(session, show), {
      statementTimeoutMs: 90_000,
    })
    expect(patient).toBe(database.kind === 'postgres' ? '90s 90s' : before)
    expect(await readValue(database, show)).toBe(before)
    const hasty = await database.withSession(session => valueIn(session, show), { lockTimeoutMs: 250 })
    expect(hasty).toBe(database.kind === 'postgres' ? '5s 250ms' : before)
    const afterwards = await database.drizzle.execute(sql.raw(`${show} as shown`))
    expect(afterwards).toMatchObject({ rows: [{ shown: before }] })
  })

  test('refuses work after the database was closed, which may happen twice', async () => {
    await using closed = await open()
    await readValue(closed, 'select 1')
    await closed.close()
    await closed.close()
    await expect(readValue(closed, 'select 1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})
