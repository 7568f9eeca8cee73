import { examineStore, QuotaTracker } from '@quotakeeper/quota-core'
import {
  createTestDatabase,
  holdSubject,
  isThorough,
  type PgBouncer,
  type PoolMode,
  startPgBouncer,
  untriedPooler,
} from '@quotakeeper/test-kit'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Database,
  describeUnreachable,
  migrate,
  openDatabase,
  PostgresQuotaStore,
  RequestTraces,
} from '../src/index.js'
import { testPooledContract } from './pooled-contract.js'
import { readValue, valueIn } from './read-value.js'

/** Says in the list of tests what this run does not prove; null where it does. In CI nothing is left out. */
const untried = untriedPooler()
if (untried !== null) test.skip(untried, () => undefined)

const room = 200
const limits = [{ metric: 'requests', window: 'day', max: room }] as const

const expectedSettings = {
  lock_timeout: '2s',
  statement_timeout: '5s',
  idle_in_transaction_session_timeout: '2s',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  array_nulls: 'on',
  enable_seqscan: 'off',
  transaction_isolation: 'read committed',
} as const

const settingsText = `select json_object_agg(name, current_setting(name))
  from unnest('{${Object.keys(expectedSettings).join(',')}}'::text[]) as name`

/** What a role or a database may have of its own, each of which has broken something somewhere. */
const oddSettings = {
  datestyle: 'SQL, DMY',
  intervalstyle: 'sql_standard',
  timezone: 'Pacific/Kiritimati',
  array_nulls: 'off',
  standard_conforming_strings: 'off',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  statement_timeout: '300ms',
  lock_timeout: '300ms',
  idle_in_transaction_session_timeout: '20s',
  enable_seqscan: 'on',
  jit: 'on',
}

async function setOdd(databaseUrl: string, admin: (statement: string) => Promise<void>): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1)
  for (const [setting, value] of Object.entries(oddSettings))
    await admin(`alter database ${name} set ${setting} = '${value}'`)
}

/** Lets two stores be asked at once for twice as much as there is. */
async function fightOver(databases: readonly Database[]): Promise<void> {
  const trackers = databases.map(
    database => new QuotaTracker({ store: new PostgresQuotaStore({ database }) }),
  )
  await trackers[0]?.upsertProvider({ name: 'hot', vendor: 'v', limits })
  const answers = await Promise.all(
    Array.from({ length: 2 * room }, (_, index) =>
      trackers[index % trackers.length]?.reserve({ providerName: 'hot' }),
    ),
  )
  const granted = answers.flatMap(answer => (answer?.decision === 'granted' ? [answer.reservationId] : []))
  expect(granted).toHaveLength(room)
  await Promise.all(
    granted.map((reservationId, index) => trackers[index % trackers.length]?.commit({ reservationId })),
  )
  const stats = await trackers[1]?.getUsageStats('hot')
  expect(stats?.limits[0]).toMatchObject({ used: room, held: 0 })
  const [database] = databases
  if (database === undefined) throw new Error('nobody fights')
  expect(await examineStore(new PostgresQuotaStore({ database }), ['hot'])).toEqual([])
}

/** The mode in which less holds is enough in `test`. */
const poolModes = isThorough ? (['session', 'transaction'] as const) : (['transaction'] as const)

describe.skipIf(untried !== null).each(poolModes)(
  'behind PgBouncer in %s mode, as it is by default,',
  poolMode => {
    let created: Awaited<ReturnType<typeof createTestDatabase>>
    let pooler: PgBouncer
    let database: Database

    beforeAll(async () => {
      created = await createTestDatabase()
      pooler = await startPgBouncer({ serverUrl: created.url, poolMode })
      database = await openDatabase(pooler.url)
      // Several at once: their lock is their transaction's.
      const others = await Promise.all([1, 2, 3].map(() => openDatabase(pooler.url, { maxConnections: 2 })))
      await Promise.all([database, ...others].map(migrate))
      await Promise.all(others.map(other => other.close()))
    })

    afterAll(async () => {
      await database.close()
      await pooler[Symbol.asyncDispose]()
      await created.drop()
    })

    test('every transaction has the settings that a shared lock needs', async () => {
      expect(await readValue(database, settingsText)).toEqual(expectedSettings)
      await database.withSession(async session => {
        const text = (statement: string) => ({ name: '', text: statement, values: [] })
        await session.run([text('begin')])
        expect(await valueIn(session, settingsText)).toEqual(expectedSettings)
        await session.run([text('commit')])
        expect(await valueIn(session, settingsText)).toEqual(expectedSettings)
      })
      const isolation = "select current_setting('transaction_isolation')"
      expect(await readValue(database, isolation)).toBe('read committed')
    })

    test('long work may take long, and a lock that is taken is given up after two seconds otherwise', async () => {
      const patient = await database.withSession(
        session =>
          valueIn(session, "select current_setting('statement_timeout') || current_setting('lock_timeout')"),
        { statementTimeoutMs: 90_000 },
      )
      expect(patient).toBe('90s90s')
      const both = "select current_setting('statement_timeout') || current_setting('lock_timeout')"
      const hasty = await database.withSession(session => valueIn(session, both), { lockTimeoutMs: 250 })
      expect(hasty).toBe('5s250ms')
      await readValue(database, 'create table if not exists locked (n int)')
      const holder = new Client({ connectionString: created.url })
      await holder.connect()
      await holder.query('begin; lock table locked')
      await expect(readValue(database, 'select count(*) from locked')).rejects.toMatchObject({
        code: '55P03',
      })
      await holder.end()
    })

    test('a provider that another session holds holds up its own calls alone', async () => {
      const store = new PostgresQuotaStore({ database })
      const tracker = new QuotaTracker({ store })
      for (const name of ['held', 'free']) await tracker.upsertProvider({ name, vendor: 'v', limits })
      await Promise.all(['held', 'free'].map(name => tracker.recordUsage(name)))
      await using holder = await holdSubject(created.url, { kind: 'provider', name: 'held' })
      const failing = expect(
        Promise.all(['held', 'held'].map(name => tracker.recordUsage(name))),
      ).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      await Promise.all(Array.from({ length: 20 }, () => tracker.recordUsage('free')))
      await expect.poll(() => holder.countWaiting()).toBe(1)
      await tracker.recordUsage('free')
      await failing
      expect(await store.writeFault()).toBeNull()
      await holder.release()
      expect(await tracker.recordUsage('held')).toMatchObject({ requestCount: 2 })
      expect(await tracker.recordUsage('free')).toMatchObject({ requestCount: 23 })
      await store.close()
    })

    test('nothing stays behind for others who are given the same connection to the server', async () => {
      const others = await Promise.all(Array.from({ length: 4 }, () => connect(pooler.url)))
      const shown = await Promise.all(
        others.map(async client => (await client.query('show lock_timeout')).rows[0]),
      )
      expect(shown).toEqual(others.map(() => ({ lock_timeout: '0' })))
      await Promise.all(others.map(client => client.end()))
    })

    test('two processes grant exactly 200 of 400 calls', async () => {
      const other = await openDatabase(pooler.url)
      await fightOver([database, other])
      await other.close()
    })

    test('everything else that is read and written comes through', async () => {
      const traces = new RequestTraces(database)
      expect(
        (
          await traces.page({
            cursor: null,
            pageSize: 5,
            outcome: null,
            providerName: null,
            model: null,
            from: null,
            to: null,
          })
        ).rows,
      ).toEqual([])
      const rows = await database.drizzle.execute("select 7 as seven, date '2026-11-28' as day")
      expect(rows).toMatchObject({ rows: [{ seven: 7, day: '2026-11-28' }] })
    })

    // The whole contract in both modes is in fire/scenarios/pooled-contract.test.ts: each takes 20 s of a core.
    if (poolMode === 'transaction') testPooledContract(() => database, 'every fifth')
  },
)

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}

describe.skipIf(untried !== null)('what a pooler does not take is one line that says which setting', () => {
  const failing: readonly (readonly [PoolMode, string, RegExp])[] = [
    [
      'transaction',
      '?options=-c%20search_path%3Dmine',
      /^[^\n]*does not support "options" \(08P01\); [^\n]*leave them out in QUOTA_DATABASE_URL$/,
    ],
    ['statement', '', /^[^\n]*does not support transactions[^\n]*; set its pool_mode[^\n]*$/],
  ]

  test.each(failing)('in %s mode with "%s"', async (poolMode, search, line) => {
    await using created = await createTestDatabase()
    await using pooler = await startPgBouncer({ serverUrl: created.url, poolMode })
    const database = await openDatabase(`${pooler.url}${search}`)
    const error: unknown = await migrate(database).catch((reason: unknown) => reason)
    const unreachable = describeUnreachable(error, pooler.url)
    expect(`${unreachable?.found}; ${unreachable?.remedy}`).toMatch(line)
    await database.close()
  })
})

test.each(['directly', ...(untried === null ? ['behind PgBouncer'] : [])])(
  'what a database has set is of no account, %s',
  async way => {
    await using created = await createTestDatabase()
    await setOdd(created.url, statement => created.execute(statement))
    const pooler =
      way === 'directly' ? null : await startPgBouncer({ serverUrl: created.url, poolMode: 'transaction' })
    const url = pooler?.url ?? created.url
    const [one, two] = await Promise.all([openDatabase(url), openDatabase(url)])
    await migrate(one)
    expect(await readValue(one, settingsText)).toEqual(expectedSettings)
    // A session that was given more time goes back to what is usual, not to what the database has.
    await one.withSession(async session => valueIn(session, 'select 1'), { statementTimeoutMs: 60_000 })
    expect(await readValue(one, settingsText)).toEqual(expectedSettings)
    await fightOver([one, two])
    const store = new PostgresQuotaStore({ database: one })
    const tracker = new QuotaTracker({ store })
    await tracker.upsertProvider({
      name: 'odd',
      vendor: 'v',
      metadata: { text: 'a "q" \\ b', nothing: null },
    })
    await tracker.recordUsage('odd', { characterCount: 3, metadata: { back: '\\', null: 'NULL' } })
    const today = new Date().toISOString().slice(0, 10)
    const { rows } = await store.read({
      type: 'history',
      providerName: 'odd',
      from: '2026-01-01',
      to: '2999-01-01',
      cursor: null,
      pageSize: 10,
    })
    expect(rows).toMatchObject([{ providerName: 'odd', date: today, characterCount: 3 }])
    await Promise.all([one.close(), two.close()])
    await pooler?.[Symbol.asyncDispose]()
  },
)
