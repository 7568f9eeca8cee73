import { createTestDatabase, isThorough, startProcess } from '@quotakeeper/test-kit'
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { type Database, databaseState, migrate, openDatabase, tables } from '../src/index.js'
import { bundledDb } from './bundled-db.js'
import { engines } from './engines.js'
import { readValue, valueIn } from './read-value.js'

const countMigrations = 'select count(*)::int4 from quotakeeper_migration'

/** What the schema in TypeScript says that there must be, and what there is. */
function expectedColumns(): readonly string[] {
  const all = Object.values(tables).filter(table => is(table, PgTable))
  return all
    .map(table => getTableConfig(table))
    .flatMap(({ name, columns }) => columns.map(column => `${name}.${column.name} ${column.getSQLType()}`))
    .sort()
}

async function storedColumns(database: Database): Promise<readonly string[]> {
  const [rows = []] = await database.withSession(session =>
    session.run([
      {
        name: '',
        text: `
          select c.relname || '.' || a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
            pg_get_serial_sequence(c.relname, a.attname) is not null as serial
          from pg_attribute a join pg_class c on c.oid = a.attrelid
          where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            and c.relname <> 'quotakeeper_migration' and a.attnum > 0 and not a.attisdropped`,
        values: [],
      },
    ]),
  )
  return rows.map(row => `${row['column']} ${schemaType(row['type'], row['serial'])}`).sort()
}

/** PostgreSQL's name of a type, as drizzle spells it. */
function schemaType(type: unknown, isSerial: unknown): string {
  if (isSerial === true) return type === 'integer' ? 'serial' : 'bigserial'
  return String(type).replace('numeric(40,0)', 'numeric(40, 0)')
}

describe.each(engines())('on $name', ({ open }) => {
  test('makes the tables of the schema, and changes nothing when it runs again', async () => {
    await using database = await open()
    await migrate(database)
    expect(await storedColumns(database)).toEqual(expectedColumns())
    const count = await readValue(database, countMigrations)
    expect(count).toBeGreaterThan(0)
    await readValue(database, "insert into quota_subject (kind, name) values ('pool', 'kept')")
    await migrate(database)
    expect(await readValue(database, countMigrations)).toBe(count)
    expect(await readValue(database, 'select name from quota_subject')).toBe('kept')
  })

  test('tells without changing anything which migrations are there, and which are of another release', async () => {
    await using database = await open()
    const before = await databaseState(database)
    expect(before).toMatchObject({ kind: database.kind, applied: 0, foreign: 0 })
    expect(before.pending).toBeGreaterThan(0)
    expect(before.version).toMatch(/^1[5-8]\.\d+$/)
    expect(Math.abs(before.nowMs - Date.now())).toBeLessThan(60_000)
    expect(await readValue(database, "select to_regclass('quotakeeper_migration') is null")).toBe(true)
    await migrate(database)
    await readValue(database, "insert into quotakeeper_migration (hash) values ('of tomorrow')")
    await readValue(database, "delete from quotakeeper_migration where ctid = '(0,1)'")
    const { applied, pending, foreign } = await databaseState(database)
    expect([applied, pending, foreign]).toEqual([before.pending - 1, 1, 1])
  })

  test('tells why a migration fails, leaves nothing of it, and goes on from there', async () => {
    await using database = await open()
    await readValue(database, 'create table usage_hourly (in_the_way int4)')
    await expect(migrate(database)).rejects.toMatchObject({ code: '42P07' })
    expect(await readValue(database, "select to_regclass('ai_provider')")).toBeNull()
    await readValue(database, 'drop table usage_hourly')
    await migrate(database)
    expect(await storedColumns(database)).toEqual(expectedColumns())
  })
})

describe.concurrent('on a server', () => {
  test('several processes with five connections each may do so at once, twice over', async () => {
    await using created = await createTestDatabase()
    const code = `
      import { migrate, openDatabase } from '${await bundledDb()}'
      const five = await Promise.all([1, 2, 3, 4, 5].map(() => openDatabase(process.env.DATABASE_URL)))
      await Promise.all(five.map(migrate))
      await Promise.all(five.map(database => database.close()))
      console.log('migrated')`
    for (let round = 0; round < 2; round++) {
      const migrating = Array.from({ length: isThorough ? 4 : 2 }, () =>
        startProcess({
          args: ['--input-type=module', '--eval', code],
          cwd: new URL('..', import.meta.url).pathname,
          env: { DATABASE_URL: created.url },
          readyWhen: /migrated/,
        }),
      )
      for (const { exited } of await Promise.all(migrating)) {
        expect(await exited).toEqual({ code: 0, signal: null })
      }
    }
    const database = await openDatabase(created.url)
    const repeated = 'select count(*) - count(distinct hash) from quotakeeper_migration'
    expect(await readValue(database, repeated)).toBe('0')
    expect(await storedColumns(database)).toEqual(expectedColumns())
    await database.close()
  })

  test('waits for another process that migrates for longer than statements and locks otherwise may', async ({
    expect,
  }) => {
    await using created = await createTestDatabase()
    const [other, database] = await Promise.all([openDatabase(created.url), openDatabase(created.url)])
    let migrating: Promise<void> | null = null
    await other.withSession(async session => {
      await valueIn(session, 'select pg_advisory_lock(487916481)')
      migrating = migrate(database)
      // The database's own clock waits: statements may take five seconds, and answers seven.
      for (let second = 0; second < 8; second++) await valueIn(session, 'select pg_sleep(1)')
      expect(await valueIn(session, "select to_regclass('quotakeeper_migration')")).toBeNull()
      await valueIn(session, 'select pg_advisory_unlock(487916481)')
    })
    await migrating
    expect(await storedColumns(database)).toEqual(expectedColumns())
    await Promise.all([other.close(), database.close()])
  })

  test('needs no right to create anything where everything is there', async () => {
    await using created = await createTestDatabase()
    const owner = await openDatabase(created.url)
    await migrate(owner)
    const role = `reader_${created.url.slice(-8)}`
    await readValue(owner, `create role ${role} login password 'reader'`)
    await readValue(owner, `grant select on all tables in schema public to ${role}`)
    const url = new URL(created.url)
    url.username = role
    url.password = 'reader'
    const reader = await openDatabase(url.href)
    await migrate(reader)
    await reader.close()
    await readValue(owner, `drop owned by ${role}`)
    await readValue(owner, `drop role ${role}`)
    await owner.close()
  })
})
