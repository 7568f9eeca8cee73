import type { PageOf } from '@quotakeeper/quota-core'
import { and, arrayContains, desc, eq, gte, type InferSelectModel, lt, sql } from 'drizzle-orm'
import type { Database, Statement } from '../database/database.js'
import { decodeCursor, pageOf } from '../reads/cursor.js'
import { readRows } from '../reads/read-rows.js'
import { requestTrace as table } from '../schema/request-tables.js'
import { withCheckedSession } from '../store/failures.js'
import { fromMs } from '../store/statements/instants.js'
import { overRows } from '../store/statements/unnest.js'
import { type MergedTraces, mergeTraces, mostIds } from './merge-traces.js'
import type { KeptTrace, RequestTrace, TraceDetails } from './request-trace.js'

/** Which traces are wanted. */
export interface TracesQuery {
  readonly cursor: string | null
  readonly pageSize: number
  readonly outcome: RequestTrace['outcome'] | null
  /** Who served them. */
  readonly providerName: string | null
  readonly model: string | null
  /** ISO-8601: from this instant on, and before that one. */
  readonly from: string | null
  readonly to: string | null
}

/** Traces are told for as long. */
const keptDays = 7
const rowsOfStep = 1_000

const insertTraces = overRows<MergedTraces>(
  'insert-traces',
  [
    { name: 'merge_key', type: 'text', value: row => row.mergeKey },
    // An array of arrays would be flattened.
    {
      name: 'request_ids',
      type: 'text',
      cast: "string_to_array(%, E'\\n')",
      value: row => row.requestIds.join('\n'),
    },
    { name: 'count', type: 'bigint', value: row => row.count },
    { name: 'first_at', type: 'bigint', cast: fromMs, value: row => Date.parse(row.firstAt) },
    { name: 'last_at', type: 'bigint', cast: fromMs, value: row => Date.parse(row.last.at) },
    { name: 'model', type: 'text', value: row => row.last.model },
    { name: 'outcome', type: 'text', value: row => row.last.outcome },
    { name: 'http_status', type: 'int', value: row => row.last.httpStatus },
    { name: 'code', type: 'text', value: row => row.last.code },
    { name: 'provider_name', type: 'text', value: row => row.last.providerName },
    { name: 'details', type: 'text', cast: '%::jsonb', value: row => JSON.stringify(detailsOf(row.last)) },
  ],
  ({ names, values, rows }) =>
    `insert into request_trace as t (${names}) select ${values} from ${rows}
      on conflict (merge_key) do update set
        count = t.count + excluded.count,
        first_at = least(t.first_at, excluded.first_at),
        last_at = greatest(t.last_at, excluded.last_at),
        details = excluded.details,
        request_ids = (t.request_ids || excluded.request_ids)
          [greatest(1, cardinality(t.request_ids) + cardinality(excluded.request_ids) - ${mostIds - 1}):]`,
)

/** How requests were routed, kept for a week in a table of the store's database. No part of the quotas' books. */
export class RequestTraces {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Adds traces. @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure */
  async add(traces: readonly RequestTrace[]): Promise<void> {
    // In one order, so that two processes that merge into the same rows cannot wait for each other.
    const rows = mergeTraces(traces).toSorted((left, right) => (left.mergeKey < right.mergeKey ? -1 : 1))
    if (rows.length === 0) return
    await withCheckedSession(this.#database, session => session.run([insertTraces(rows)]))
  }

  /** The trace that tells of a request; null where there is none, or no more. @throws as {@link add} does */
  async find(requestId: string): Promise<KeptTrace | null> {
    const rows = await readRows(
      this.#database.drizzle
        .select()
        .from(table)
        .where(and(arrayContains(table.requestIds, [requestId]), isKept))
        .limit(1),
    )
    const [row] = rows
    return row === undefined ? null : traceOf(row)
  }

  /** Newest first. @throws QuotaError INVALID_INPUT for a foreign cursor; as {@link add} does */
  async page(query: TracesQuery): Promise<PageOf<KeptTrace>> {
    const { outcome, providerName, model, from, to, cursor, pageSize } = query
    const rows = await readRows(
      this.#database.drizzle
        .select()
        .from(table)
        .where(
          and(
            isKept,
            outcome === null ? undefined : eq(table.outcome, outcome),
            providerName === null ? undefined : eq(table.providerName, providerName),
            model === null ? undefined : eq(table.model, model),
            from === null ? undefined : gte(table.lastAt, from),
            to === null ? undefined : lt(table.lastAt, to),
            after(cursor),
          ),
        )
        .orderBy(desc(table.lastAt), desc(table.id))
        .limit(pageSize + 1),
    )
    const page = pageOf(rows, pageSize, row => [Date.parse(row.lastAt), row.id])
    return { rows: page.rows.map(traceOf), nextCursor: page.nextCursor }
  }

  /** Removes what is no longer told, a bounded number. @returns how many; fewer than 1,000: all */
  async prune(): Promise<number> {
    const [rows] = await this.#database.withSession(session => session.run([deleteOld]))
    return Number(rows?.[0]?.['count'] ?? 0)
  }
}

const deleteOld: Statement = {
  name: 'delete-old-traces',
  text: `with gone as (
      delete from request_trace where ctid = any(array(
        select ctid from request_trace where last_at < clock_timestamp() - interval '${keptDays} days'
        order by last_at limit ${rowsOfStep} for update skip locked
      )) returning 1)
    select count(*)::int as count from gone`,
  values: [],
}

const isKept = sql`${table.lastAt} >= clock_timestamp() - interval '${sql.raw(String(keptDays))} days'`

function after(cursor: string | null) {
  if (cursor === null) return undefined
  const [lastAtMs, id] = decodeCursor(cursor, ['integer', 'integer'])
  const lastAt = sql`to_timestamp(${lastAtMs}::bigint / 1000.0)`
  return sql`(${table.lastAt}, ${table.id}) < (${lastAt}, ${id}::bigint)`
}

function detailsOf(trace: RequestTrace): TraceDetails {
  const { strategy, isStream, waitedMs, durationMs, attempts, skipped } = trace
  return { strategy, isStream, waitedMs, durationMs, attempts, skipped }
}

function traceOf(row: InferSelectModel<typeof table>): KeptTrace {
  const { requestIds, count, model, outcome, httpStatus, code, providerName } = row
  return {
    requestId: requestIds.at(-1) ?? '',
    requestIds,
    count,
    firstAt: new Date(row.firstAt).toISOString(),
    at: new Date(row.lastAt).toISOString(),
    model,
    outcome,
    httpStatus,
    code,
    providerName,
    ...row.details,
  }
}
