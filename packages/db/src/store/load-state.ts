import { type LedgerQuery, type LedgerSum, QuotaTables } from '@quotakeeper/quota-core'
import type { Row, Session } from '../database/database.js'
import { readAttempt, readSums } from './statements/attempt-columns.js'
import { readCoolDown } from './statements/cool-downs.js'
import { readCounter } from './statements/counters.js'
import { ledgerSums, readLedgerSum } from './statements/ledger-sums.js'
import { readPool, readProvider } from './statements/providers.js'
import type { StateRow } from './statements/state.js'
import { readRef, readSubject } from './statements/subjects.js'

/** Rows as tables to decide on, and what must be said of them beside. */
export interface Loaded {
  readonly tables: QuotaTables
  readonly nowMs: number
  /** Sums over the ledger, to be filled in before a decision that asks for them. */
  readonly sums: Map<string, readonly LedgerSum[]>
}

/** The tables that hold these rows. Settings are added by {@link addSettings}. */
export function loadedState(state: StateRow): Loaded {
  const sums: Loaded['sums'] = new Map()
  const tables = new QuotaTables(query => sumsOf(sums, query))
  for (const row of state.counters) tables.apply([{ table: 'counter', row: readCounter(row) }])
  for (const row of state.coolDowns) tables.apply([{ table: 'coolDown', row: readCoolDown(row) }])
  for (const row of state.attempts) tables.apply([{ table: 'attempt', row: readAttempt(row) }])
  for (const row of state.due) tables.markDue(readRef(row), true)
  for (const row of state.usage) {
    tables.loadUsage(String(row['provider_name']), String(row['date']), readSums(row))
  }
  return { tables, nowMs: state.nowMs, sums }
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
