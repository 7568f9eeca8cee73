import {
  type LedgerQuery,
  type NeededMembers,
  providerRef,
  QuotaTracker,
  type SubjectRef,
} from '@quotakeeper/quota-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  AccessTokens,
  type Database,
  openDatabase,
  PostgresQuotaStore,
  type Row,
  type Statement,
} from '../src/index.js'
import { ledgerPage } from '../src/reads/ledger-page.js'
import { ownersPage } from '../src/reads/owners-page.js'
import { recentHoursUnder } from '../src/reads/recent-hours.js'
import { pendingExists, readCallsAhead } from '../src/store/statements/attempts.js'
import { readCountersOfChains } from '../src/store/statements/counters.js'
import { ledgerSums } from '../src/store/statements/ledger-sums.js'
import { readMembers } from '../src/store/statements/owners.js'
import { readChains } from '../src/store/statements/subjects.js'
import { createMigratedDatabase } from './migrated-databases.js'

const rowCount = 20_000
/** Of 8 kB. The rows take more than a thousand. */
const maxPages = 40
const hourMs = 3_600_000

const newProvider = providerRef('new')
const newPool = { kind: 'pool', name: 'new' } as const
const newConsumer = { kind: 'consumer', name: 'new' } as const
const newPlan = { kind: 'plan', name: 'new' } as const
const nowMs = Date.now()

/** Of a rolling limit, for which attempts of any age may be pending. */
function rollingSums(subject: SubjectRef): Statement {
  const query: LedgerQuery = { subject, fromMs: nowMs - 24 * hourMs, bucketMs: hourMs, heldFromMs: 0 }
  return ledgerSums(query)
}

function membersOf(needed: NeededMembers): Statement {
  const [read] = readMembers(needed, ['consumer'])
  if (read === undefined) throw new Error('members are read by no statement')
  return read.statement
}
const busyConsumer = { kind: 'consumer', name: 'busy' } as const
const busyPlan = { kind: 'plan', name: 'busy' } as const

const statements: readonly (readonly [string, Statement])[] = [
  ['pending attempts of a provider', pendingExists(newProvider)],
  ['pending attempts of a pool', pendingExists(newPool)],
  ['pending attempts of a pool without a name', pendingExists({ kind: 'pool', name: '' })],
  ['sums of a provider', rollingSums(newProvider)],
  ['sums of a pool', rollingSums(newPool)],
  ['sums of a consumer', rollingSums(newConsumer)],
  ['members of a consumer', membersOf({ subject: newConsumer, which: 'direct' })],
  ['members of a plan', membersOf({ subject: newPlan, which: 'direct' })],
  ['the deepest members of a consumer', membersOf({ subject: newConsumer, which: 'deepest' })],
  ['some of the members of a consumer that has all', membersOf({ subject: busyConsumer, which: 'direct' })],
  ['some of the members of a plan that has all', membersOf({ subject: busyPlan, which: 'direct' })],
  ['a consumer and its ancestors', readChains([newConsumer])],
  ['counters of a consumer and its ancestors', readCountersOfChains([newConsumer], ['m'])],
  [
    'calls ahead of the clock',
    readCallsAhead({
      providerNames: ['new'],
      fromMs: nowMs,
      datedFromMs: nowMs - 24 * hourMs,
      settledAfterMs: nowMs,
      maxSettled: 100,
      maxPending: 100,
    }),
  ],
]

let created: Awaited<ReturnType<typeof createMigratedDatabase>>
let database: Database
let store: PostgresQuotaStore

beforeAll(async () => {
  created = await createMigratedDatabase()
  database = await openDatabase(created.url)
  store = new PostgresQuotaStore({ database })
  const tracker = new QuotaTracker({ store })
  for (const name of ['busy-pool', 'new']) await tracker.upsertPool({ name })
  await tracker.upsertProvider({ name: 'busy', vendor: 'v', pool: 'busy-pool' })
  await tracker.upsertProvider({ name: 'new', vendor: 'v', pool: 'new' })
  for (const name of ['busy', 'new']) await tracker.consumers.upsert({ name })
})

afterAll(async () => {
  await store.close()
  await database.close()
  await created.drop()
})

/** Statements that reads of lists send, as the database gets them. */
async function statementsOfLists(): Promise<readonly (readonly [string, Statement])[]> {
  const sent: Statement[] = []
  const recording: Database = {
    ...database,
    read: (texts, options) => {
      sent.push(...texts)
      return database.read(texts, options)
    },
    withSession: (work, options) =>
      database.withSession(
        session =>
          work({
            run: texts => {
              sent.push(...texts)
              return session.run(texts)
            },
          }),
        options,
      ),
  }
  const page = { cursor: null, pageSize: 50 }
  const ledger = { type: 'ledger', providerName: null, requestId: null, ...page } as const
  await ledgerPage(recording, { ...ledger, consumer: 'new' })
  await ledgerPage(recording, { ...ledger, consumers: ['new', 'other'] })
  await ledgerPage(recording, { ...ledger, under: 'new' })
  await ledgerPage(recording, { ...ledger, providerName: 'busy', under: 'new' })
  await ownersPage(recording, { type: 'owners', kind: 'consumer', under: 'new', ...page })
  await ownersPage(recording, { type: 'owners', kind: 'consumer', reliesOn: newConsumer, ...page })
  await ownersPage(recording, { type: 'owners', kind: 'consumer', reliesOn: newPlan, ...page })
  await ownersPage(recording, { type: 'owners', kind: 'consumer', ...page, pageSize: 20 })
  const cursor = Buffer.from(JSON.stringify(['member 5'])).toString('base64url')
  await ownersPage(recording, { type: 'owners', kind: 'consumer', cursor, pageSize: 20 })
  await recentHoursUnder(recording, 'new')
  await new AccessTokens(recording).named('new')
  const titles = [
    'calls of a consumer',
    'calls of some consumers',
    'names of descendants',
    'calls of a consumer and its descendants',
    'names of descendants again',
    'calls of a consumer and its descendants at a provider',
    'a consumer and its descendants',
    'a page of members of a consumer',
    'a page of members of a plan',
    'the first page of all consumers',
    'a later page of all consumers',
    'the last hours of a consumer and its descendants',
    'tokens of a name',
  ]
  expect(sent.length).toBe(titles.length)
  return sent.map((statement, index) => [titles[index] ?? '', statement])
}

type Run = (text: string) => Promise<readonly Row[]>

/** Runs statements on one connection, as it is set for decisions. */
function onConnection<T>(work: (run: Run) => Promise<T>): Promise<T> {
  return database.withSession(
    session => work(async text => (await session.run([{ name: '', text, values: [] }]))[0] ?? []),
    { statementTimeoutMs: 60_000 },
  )
}

/** Enters members of the consumer `busy` with the plan `busy`. */
const enterMembers = `insert into quota_subject (kind, name, stamp, owner)
  select 'consumer', 'member ' || n, 1, '{"parent": {"kind": "consumer", "name": "busy"}, "plan": "busy"}'
  from generate_series(1, ${rowCount}) as n`

/** Enters counters of these members. */
const enterCounters = `insert into quota_counter (subject_kind, subject_name, limit_id, model, window_start, used,
    level, held, observed, at, writer)
  select kind, name, 'tokens/day', 'm', now(), 0, 0, 0, 0, now(), quotakeeper_least_writer() from quota_subject where name like 'member %'`

/** Enters sums of this hour for these members, and of each hour of the last days for one of them. */
const enterHours = `insert into usage_hourly (provider_name, hour_start, date, model, consumer, request_count)
  select 'busy', date_trunc('hour', now()), current_date, 'm', name, 1 from quota_subject where name like 'member %'
  union all
  select 'busy', date_trunc('hour', now()) - n * interval '1 hour', current_date, 'm', 'new', 1
  from generate_series(1, 72) as n`

const enterTokens = `insert into access_token (name, sha256, scopes, managed_by, created_at, revoked_at)
  select 'token ' || n % 200, md5(n::text), '{call}', 'api', now(), now() from generate_series(1, ${rowCount}) as n`

/** Enters rows of `busy`, a millisecond apart. */
function enter(state: 'pending' | 'committed'): string {
  return `insert into usage_attempt (id, kind, provider_name, pool_name, consumer, state, subject_ids, occurred_at, date,
      expires_at, settled_at, request_hash, writer, reserved_request_count, reserved_character_count,
      reserved_input_token_count, reserved_output_token_count, reserved_cached_input_token_count,
      reserved_cost_micro_usd, request_count, character_count, input_token_count, output_token_count,
      cached_input_token_count, cost_micro_usd)
    select gen_random_uuid(), 'call', 'busy', 'busy-pool', 'busy', '${state}',
      array(select id from quota_subject where name like 'busy%'), now() - n * interval '1 millisecond', current_date,
      now() + interval '1 hour', now(), 'hash', quotakeeper_least_writer(), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    from generate_series(1, ${rowCount}) as n`
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `'{${value.map(each => `"${each}"`).join(',')}}'`
  return typeof value === 'number' ? String(value) : `'${value}'`
}

/** Executes a prepared statement with its values. */
function execute(slot: number, { values }: Statement): string {
  return `execute prepared_${slot}(${values.map(literal).join(', ')})`
}

async function pagesOf(run: Run, slot: number, statement: Statement): Promise<number> {
  const [row = {}] = await run(`explain (analyze, buffers, format json) ${execute(slot, statement)}`)
  // The form of PostgreSQL's own plans.
  const [{ Plan }] = row['QUERY PLAN'] as [{ Plan: Record<string, number> }]
  return (Plan['Shared Hit Blocks'] ?? 0) + (Plan['Shared Read Blocks'] ?? 0)
}

test('what is looked for of a new provider, pool, consumer or plan takes a few pages, however many rows others have', async () => {
  const all = [...statements, ...(await statementsOfLists())]
  await onConnection(async run => {
    expect(await run('show plan_cache_mode')).toEqual([{ plan_cache_mode: 'force_generic_plan' }])
    for (const [slot, [, statement]] of all.entries())
      await run(`prepare prepared_${slot} as ${statement.text}`)
    const lookAll = async (plans: string): Promise<void> => {
      for (const [slot, [what, statement]] of all.entries())
        expect.soft(await pagesOf(run, slot, statement), `${what}, ${plans}`).toBeLessThan(maxPages)
    }
    await lookAll('with nothing there')
    for (const state of ['pending', 'committed'] as const) await run(enter(state))
    for (const text of [enterMembers, enterCounters, enterHours, enterTokens]) await run(text)
    await lookAll('planned when nothing was there')
    await run('analyze usage_attempt, usage_hourly, quota_subject, quota_counter, access_token')
    await lookAll('planned with statistics')
  })
})

test('pending attempts are found of the provider and the pool that have some, and of no other', async () => {
  const found = (ref: SubjectRef): Promise<unknown> =>
    database.withSession(async session => (await session.run([pendingExists(ref)]))[0]?.[0]?.['pending'])
  expect(await found(providerRef('busy'))).toBe(true)
  expect(await found({ kind: 'pool', name: 'busy-pool' })).toBe(true)
  for (const ref of [newProvider, newPool, { kind: 'pool', name: '' } as const])
    expect(await found(ref), JSON.stringify(ref)).toBe(false)
})
