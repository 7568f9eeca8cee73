import {
  type Counter,
  type LedgerQuery,
  type LedgerSum,
  type ListedLimit,
  type Owner,
  QuotaTables,
  type SubjectKinds,
  type SubjectModels,
  type SubjectRef,
  subjectKey,
} from '@quotakeeper/quota-core'
import type { Row, Session } from '../../database/database.js'
import { readAttempt, readSums } from '../statements/attempt-columns.js'
import { readCoolDown } from '../statements/cool-downs.js'
import { readCounter } from '../statements/counters.js'
import { ledgerSums, readLedgerSum } from '../statements/ledger-sums.js'
import { type OwnerRead, ownerInSubject } from '../statements/owners.js'
import type { StateRow } from '../statements/state.js'
import { readRef, readSubject } from '../statements/subjects.js'

/** Rows as tables to decide on, with the clock and sums of the ledger. */
export interface Loaded {
  readonly tables: QuotaTables
  readonly nowMs: number
  /** Sums over the ledger, to be filled in before a decision that asks for them. */
  readonly sums: Map<string, readonly LedgerSum[]>
}

/** Which counters were asked for: all of them are in the rows. */
export interface AskedCounters {
  readonly models: readonly SubjectModels[]
  readonly listed?: readonly ListedLimit[]
}

/** The tables that hold these rows. Settings are added by {@link addSettings}. */
export function loadedState(
  state: StateRow,
  { models, listed = [] }: AskedCounters,
  kinds: SubjectKinds,
): Loaded {
  const sums: Loaded['sums'] = new Map()
  const tables = new QuotaTables(query => sumsOf(sums, query), { holdsAllCounters: false, kinds })
  for (const asked of models) tables.loadModels(asked)
  addCounters(tables, state.counters)
  addListed(tables, listed, state.newest)
  for (const row of state.coolDowns) tables.apply([{ table: 'coolDown', row: readCoolDown(row) }])
  for (const row of state.attempts) tables.apply([{ table: 'attempt', row: readAttempt(row) }])
  for (const row of state.due) tables.markDue(readRef(row), true)
  for (const row of state.usage) {
    tables.loadUsage(String(row['provider_name']), String(row['date']), readSums(row))
  }
  return { tables, nowMs: state.nowMs, sums }
}

/** Adds rows of counters, of models that are loaded. */
export function addCounters(tables: QuotaTables, rows: readonly Row[]): void {
  for (const row of rows) tables.apply([{ table: 'counter', row: readCounter(row) }])
}

/** Adds the counters that answers list, and how many there are of each limit. */
function addListed(tables: QuotaTables, listed: readonly ListedLimit[], rows: readonly Row[]): void {
  const found = new Map<string, { readonly newest: Counter[]; count: number }>()
  for (const { subject, limitId } of listed) found.set(keyOfLimit(subject, limitId), { newest: [], count: 0 })
  for (const row of rows) {
    const counter = readCounter(row)
    const limit = found.get(keyOfLimit(counter.subject, counter.limitId))
    if (limit === undefined) continue
    limit.newest.push(counter)
    limit.count = Number(row['model_count'])
  }
  for (const { subject, limitId } of listed) {
    const counters = found.get(keyOfLimit(subject, limitId))
    if (counters !== undefined) tables.loadNewest(subject, limitId, counters)
  }
}

function keyOfLimit(subject: SubjectRef, limitId: string): string {
  return `${subjectKey(subject)}\n${limitId}`
}

/** Adds rows of settings to the tables. */
export function addSettings(
  tables: QuotaTables,
  rows: {
    readonly subjects?: readonly Row[] | undefined
    readonly owners?: readonly Owner[]
  },
): void {
  for (const row of rows.subjects ?? []) {
    tables.apply([{ table: 'subject', row: readSubject(row) }])
    const owner = ownerInSubject(row)
    if (owner !== null) tables.apply([{ table: 'owner', row: owner }])
  }
  for (const row of rows.owners ?? []) tables.apply([{ table: 'owner', row }])
}

/** The owners that some reads have given, their rows in the order of the reads. */
export function ownersRead(
  reads: readonly OwnerRead[],
  results: readonly (readonly Row[] | undefined)[],
): readonly Owner[] {
  return reads.flatMap(({ ownerOf }, index) => (results[index] ?? []).map(ownerOf))
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
