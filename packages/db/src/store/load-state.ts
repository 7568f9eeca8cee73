import { type LedgerQuery, type LedgerSum, QuotaTables, type SubjectRef } from '@quotakeeper/quota-core'
import type { Row, Session, Statement } from '../database/database.js'
import { readAttempt, readCounts } from './statements/attempt-columns.js'
import { attemptsById, dueAttempts, namesOf } from './statements/attempts.js'
import { readCoolDown, readCoolDowns } from './statements/cool-downs.js'
import { readCounter, readCounters } from './statements/counters.js'
import { ledgerSums, readLedgerSum } from './statements/ledger-sums.js'
import { readPool, readProvider } from './statements/providers.js'
import { readSubject } from './statements/subjects.js'
import { readClock } from './statements/transaction.js'
import { readUsage } from './statements/usage.js'

/** Rows as tables to decide on, and what must be said of them beside. */
export interface Loaded {
  readonly tables: QuotaTables
  readonly nowMs: number
  /** Sums over the ledger, to be filled in before a decision that asks for them. */
  readonly sums: Map<string, readonly LedgerSum[]>
}

/** What to read of some subjects beside their settings. */
export interface StateRequest {
  readonly subjects: readonly SubjectRef[]
  readonly attemptIds: readonly string[]
  /** Whether the sums of the day are of interest: for stats, not for reservations. */
  readonly withUsage: boolean
}

/** The statements that read what has been counted and is in flight, in the order of {@link LoadedRows}. */
export function stateStatements({ subjects, attemptIds, withUsage }: StateRequest): readonly Statement[] {
  return [
    readClock,
    readCounters(subjects),
    readCoolDowns(subjects),
    dueAttempts(subjects),
    attemptsById(attemptIds),
    ...(withUsage ? [readUsage(namesOf(subjects, 'provider'))] : []),
  ]
}

/** The rows of each of {@link stateStatements}. */
export type LoadedRows = readonly (readonly Row[])[]

/** The tables that hold these rows. Settings are added by {@link addSettings}. */
export function loadedState(results: LoadedRows): Loaded {
  const [clock, counters, coolDowns, due, attempts, usage] = results
  const sums: Loaded['sums'] = new Map()
  const tables = new QuotaTables(query => sumsOf(sums, query))
  for (const row of counters ?? []) tables.apply([{ table: 'counter', row: readCounter(row) }])
  for (const row of coolDowns ?? []) tables.apply([{ table: 'coolDown', row: readCoolDown(row) }])
  for (const row of attempts ?? []) tables.apply([{ table: 'attempt', row: readAttempt(row) }])
  for (const row of due ?? []) tables.apply([{ table: 'attempt', row: readAttempt(row) }])
  for (const row of usage ?? [])
    tables.loadUsage(String(row['provider_name']), String(row['date']), readCounts(row))
  return { tables, nowMs: Number(clock?.[0]?.['now_ms']), sums }
}

/** Adds rows of settings to the tables. */
export function addSettings(
  tables: QuotaTables,
  rows: {
    readonly subjects?: readonly Row[] | undefined
    readonly providers?: readonly Row[] | undefined
    readonly pools?: readonly Row[] | undefined
  },
): void {
  for (const row of rows.subjects ?? []) tables.apply([{ table: 'subject', row: readSubject(row) }])
  for (const row of rows.providers ?? []) tables.apply([{ table: 'provider', row: readProvider(row) }])
  for (const row of rows.pools ?? []) tables.apply([{ table: 'pool', row: readPool(row) }])
}

/** Reads sums over the ledger into the loaded state. */
export async function loadSums(
  session: Session,
  loaded: Loaded,
  queries: readonly LedgerQuery[],
): Promise<void> {
  const results = await session.run(queries.map(ledgerSums))
  for (const [index, query] of queries.entries()) {
    loaded.sums.set(
      keyOf(query),
      (results[index] ?? []).map(row => readLedgerSum(row, query)),
    )
  }
}

function sumsOf(sums: Loaded['sums'], query: LedgerQuery): readonly LedgerSum[] {
  const found = sums.get(keyOf(query))
  if (found === undefined) throw new Error(`sums over the ledger were not loaded: ${keyOf(query)}`)
  return found
}

function keyOf({ subject, fromMs, bucketMs, heldFromMs }: LedgerQuery): string {
  return JSON.stringify([subject.kind, subject.name, fromMs, bucketMs, heldFromMs])
}
