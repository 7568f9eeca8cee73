import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, isThorough, startProcess, type TestDatabase } from '@quotakeeper/test-kit'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, exactNumber, tables } from '../src/index.js'
import { bundledDb, compilesOnce } from './bundled-db.js'
import { engines, openMigrated } from './engines.js'
import { makePgliteFolder } from './migrated-databases.js'

/** What must come out alike on every machine, whatever its time zone. */
const questions = {
  day: "select date '2026-11-25' as value",
  day_far_off: "select date '0001-01-01' as value",
  instant: "select timestamptz '2026-11-25 23:30:00.123+02' as value",
  bigint: 'select 9007199254740993::int8 as value',
  bigint_past_31_bits: 'select 2147483648::int8 as value',
  numeric: 'select 123456789012345678901234567890::numeric as value',
  integer: 'select 42::int4 as value',
  boolean: 'select true as value',
  nothing: 'select null::date as value',
  json: `select '{"a": [1, "2026-11-25", null]}'::jsonb as value`,
  texts: `select array['a', 'b,"c', '']::text[] as value`,
  integers: 'select array[80, 90, 100]::int4[] as value',
}

const answers = {
  day: '2026-11-25',
  day_far_off: '0001-01-01',
  instant: '2026-11-25 21:30:00.123+00',
  bigint: '9007199254740993',
  bigint_past_31_bits: '2147483648',
  numeric: '123456789012345678901234567890',
  integer: 42,
  boolean: true,
  nothing: null,
  json: { a: [1, '2026-11-25', null] },
  texts: ['a', 'b,"c', ''],
  integers: [80, 90, 100],
}

/** Asks in a process of its own, since a process keeps the time zone it began with. */
const askAll = (address: string): string => `
  import { openDatabase } from '${address}'
  const database = await openDatabase(process.env.DATABASE_URL)
  const questions = ${JSON.stringify(questions)}
  const answers = {}
  for (const [name, text] of Object.entries(questions)) {
    const [[row]] = await database.withSession(session => session.run([{ name, text, values: [] }]))
    answers[name] = row.value
  }
  await database.close()
  console.log(process.env.TZ, new Date(2026, 0, 1).getTimezoneOffset(), JSON.stringify(answers), 'said')`

let created: TestDatabase
let scratch: string

beforeAll(async () => {
  created = await createTestDatabase()
  scratch = await mkdtemp(join(tmpdir(), 'qk-values-'))
  await makePgliteFolder(join(scratch, 'data'), 'empty')
})

afterAll(async () => {
  await created.drop()
  await rm(scratch, { recursive: true, force: true })
})

/** Before and after UTC, and at it. */
const timeZones = [
  ['Pacific/Kiritimati', -840],
  ['America/Los_Angeles', 480],
  ['UTC', 0],
] as const

describe.each(isThorough ? timeZones : timeZones.slice(0, 2))(
  'in the time zone %s',
  (timeZone, offsetMinutes) => {
    test.each(['PostgreSQL 18', 'PGlite'])(
      '%s gives days, instants and large numbers as text',
      async engine => {
        const url = engine === 'PGlite' ? `pglite:${join(scratch, 'data')}` : created.url
        await using asking = await startProcess({
          args: [compilesOnce, '--input-type=module', '--eval', askAll(await bundledDb())],
          cwd: new URL('..', import.meta.url).pathname,
          env: { TZ: timeZone, DATABASE_URL: url },
          readyWhen: /said/,
        })
        const [, offset, said = ''] = await asking.waitForOutput(/(-?\d+) (\{.*\}) said/)
        expect(Number(offset)).toBe(offsetMinutes)
        expect(JSON.parse(said)).toEqual(answers)
      },
    )
  },
)

describe.each(engines())('drizzle on $name', engine => {
  let database: Database & AsyncDisposable

  beforeAll(async () => {
    database = await openMigrated(engine)
  })

  afterAll(() => database[Symbol.asyncDispose]())

  test('gives days as text, and counts as numbers up to 2^53 − 1', async () => {
    const row = {
      providerName: 'groq_1',
      date: '2026-11-25',
      requestCount: 2_147_483_648,
      characterCount: Number.MAX_SAFE_INTEGER,
    }
    await database.drizzle.insert(tables.aiProviderUsage).values(row)
    const [stored] = await database.drizzle.select().from(tables.aiProviderUsage)
    expect(stored).toMatchObject(row)
  })

  test('refuses a count that a number cannot tell, rather than rounding it', async () => {
    await database.drizzle.execute(
      sql`insert into ai_provider_usage (writer, provider_name, date, character_count) values (quotakeeper_least_writer(), 'huge', '2026-11-25', 9007199254740992)`,
    )
    const reading = database.drizzle.select().from(tables.aiProviderUsage)
    await expect(Promise.resolve(reading)).rejects.toThrow(RangeError)
    expect(() => exactNumber('9007199254740993')).toThrow(RangeError)
  })
})
