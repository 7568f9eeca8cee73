import { type LedgerQuery, providerRef, QuotaTracker, type SubjectRef } from '@quotakeeper/quota-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase, PostgresQuotaStore, type Row, type Statement } from '../src/index.js'
import { pendingExists, readCallsAhead } from '../src/store/statements/attempts.js'
import { ledgerSums } from '../src/store/statements/ledger-sums.js'
import { createMigratedDatabase } from './migrated-databases.js'

const rowCount = 20_000
/** Of 8 kB. The rows take more than a thousand. */
const maxPages = 40
const hourMs = 3_600_000

const newProvider = providerRef('new')
const newPool = { kind: 'pool', name: 'new' } as const
const nowMs = Date.now()

/** Of a rolling limit, for which attempts of any age may be pending. */
function rollingSums(subject: SubjectRef): Statement {
  const query: LedgerQuery = { subject, fromMs: nowMs - 24 * hourMs, bucketMs: hourMs, heldFromMs: 0 }
  return ledgerSums(query)
}

const statements: readonly (readonly [string, Statement])[] = [
  ['pending attempts of a provider', pendingExists(newProvider)],
  ['pending attempts of a pool', pendingExists(newPool)],
  ['pending attempts of a pool without a name', pendingExists({ kind: 'pool', name: '' })],
  ['sums of a provider', rollingSums(newProvider)],
  ['sums of a pool', rollingSums(newPool)],
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
})

afterAll(async () => {
  await store.close()
  await database.close()
  await created.drop()
})

type Run = (text: string) => Promise<readonly Row[]>

/** Runs statements on one connection, as it is set for decisions. */
function onConnection<T>(work: (run: Run) => Promise<T>): Promise<T> {
  return database.withSession(
    session => work(async text => (await session.run([{ name: '', text, values: [] }]))[0] ?? []),
    { statementTimeoutMs: 60_000 },
  )
}

/** Enters rows of `busy`, a millisecond apart. */
function enter(state: 'pending' | 'committed'): string {
  return `insert into usage_attempt (id, kind, provider_name, pool_name, state, subject_ids, occurred_at, date,
      expires_at, settled_at, request_hash, writer, reserved_request_count, reserved_character_count,
      reserved_input_token_count, reserved_output_token_count, reserved_cached_input_token_count,
      reserved_cost_micro_usd, request_count, character_count, input_token_count, output_token_count,
      cached_input_token_count, cost_micro_usd)
    select gen_random_uuid(), 'call', 'busy', 'busy-pool', '${state}',
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

test('what is looked for of a new provider or pool takes a few pages, however many rows others have', async () => {
  await onConnection(async run => {
    expect(await run('show plan_cache_mode')).toEqual([{ plan_cache_mode: 'force_generic_plan' }])
    for (const [slot, [, statement]] of statements.entries())
      await run(`prepare prepared_${slot} as ${statement.text}`)
    const lookAll = async (plans: string): Promise<void> => {
      for (const [slot, [what, statement]] of statements.entries())
        expect(await pagesOf(run, slot, statement), `${what}, ${plans}`).toBeLessThan(maxPages)
    }
    await lookAll('with nothing there')
    for (const state of ['pending', 'committed'] as const) await run(enter(state))
    await lookAll('planned when nothing was there')
    await run('analyze usage_attempt')
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
