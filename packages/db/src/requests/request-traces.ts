import {
  isoInstant,
  type KeptTrace,
  type PageOf,
  type ReadOptions,
  type RequestTrace,
  type TraceDetails,
  type TracesQuery,
} from '@quotakeeper/quota-core'
import type { Database, Row, Statement } from '../database/database.js'
import { decodeCursor, pageOf } from '../reads/cursor.js'
import { Conditions, readRows } from '../reads/read-rows.js'
import { withCheckedSession } from '../store/failures.js'
import { fromMs, msOf, overRows } from '../store/statements/rows.js'
import { type MergedTraces, maxIds, mergeTraces } from './merge-traces.js'

/** How long traces are kept. */
const keptDays = 7
const rowsOfStep = 1_000

const insertTraces = overRows<MergedTraces>(
  'insert-traces',
  [
    { name: 'merge_key', type: 'text', value: row => row.mergeKey },
    // unnest would flatten an array of arrays.
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
    { name: 'consumer', type: 'text', value: row => row.last.consumer ?? '' },
    { name: 'details', type: 'text', cast: '%::jsonb', value: row => JSON.stringify(detailsOf(row.last)) },
  ],
  // A report whose answer was lost is sent again unchanged: its last request is known, and nothing is counted.
  ({ names, values, rows }) =>
    `insert into request_trace as t (${names}) select ${values} from ${rows}
      on conflict (merge_key) do update set
        count = t.count + excluded.count,
        first_at = least(t.first_at, excluded.first_at),
        last_at = greatest(t.last_at, excluded.last_at),
        details = excluded.details,
        request_ids = (t.request_ids || excluded.request_ids)
          [greatest(1, cardinality(t.request_ids) + cardinality(excluded.request_ids) - ${maxIds - 1}):]
      where excluded.request_ids[cardinality(excluded.request_ids)] <> all(t.request_ids)`,
)

/** How requests were routed, kept for a week in a table of the store's database. Separate from quotas. */
export class RequestTraces {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Adds traces. The same ones again change nothing, unless 20 others have been merged into their row since.
   * @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure
   */
  async add(traces: readonly RequestTrace[]): Promise<void> {
    // In one order, so that two processes that merge into the same rows cannot deadlock.
    const rows = mergeTraces(traces).toSorted((left, right) => (left.mergeKey < right.mergeKey ? -1 : 1))
    if (rows.length === 0) return
    await withCheckedSession(this.#database, session => session.run([insertTraces(rows)]))
  }

  /** The trace of a request; null where there is none, or no longer. @throws as {@link add} does */
  async find(requestId: string, options?: ReadOptions): Promise<KeptTrace | null> {
    const text = `select ${columns} from request_trace where request_ids @> array[$1::text] and ${isKept} limit 1`
    const [row] = await readRows(this.#database, { name: 'find-trace', text, values: [requestId] }, options)
    return row === undefined ? null : traceOf(row)
  }

  /** Newest first. @throws QuotaError INVALID_INPUT for a foreign cursor; as {@link add} does */
  async page(query: TracesQuery, options?: ReadOptions): Promise<PageOf<KeptTrace>> {
    const { outcome, providerName, model, consumers, from, to, cursor, pageSize } = query
    const where = new Conditions()
    where.add(isKept)
    if (outcome !== null) where.add(`outcome = ${where.value(outcome)}`)
    if (providerName !== null) where.add(`provider_name = ${where.value(providerName)}`)
    if (model !== null) where.add(`model = ${where.value(model)}`)
    if (consumers !== undefined) where.add(`consumer = any(${where.value([...consumers])}::text[])`)
    if (from !== null) where.add(`last_at >= ${where.value(from)}::timestamptz`)
    if (to !== null) where.add(`last_at < ${where.value(to)}::timestamptz`)
    if (cursor !== null) {
      const [lastAtMs, id] = decodeCursor(cursor, ['integer', 'integer'])
      const lastAt = `to_timestamp(${where.value(lastAtMs)}::bigint / 1000.0)`
      where.add(`(last_at, id) < (${lastAt}, ${where.value(id)}::bigint)`)
    }
    const text = `select ${columns} from request_trace where ${where}
      order by last_at desc, id desc limit ${pageSize + 1}`
    const rows = await readRows(this.#database, { name: '', text, values: where.values }, options)
    const page = pageOf(rows, pageSize, row => [Number(row['last_at_ms']), String(row['id'])])
    return { rows: page.rows.map(traceOf), nextCursor: page.nextCursor }
  }

  /** Removes traces that are older, a bounded number. @returns how many; fewer than 1,000: all */
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

const isKept = `last_at >= clock_timestamp() - interval '${keptDays} days'`

const columns = `id, request_ids, count, ${msOf('first_at')}, ${msOf('last_at')}, model, outcome, http_status, code,
  provider_name, consumer, details`

function detailsOf(trace: RequestTrace): TraceDetails {
  const { strategy, isStream, waitedMs, durationMs, attempts, skipped } = trace
  return { strategy, isStream, waitedMs, durationMs, attempts, skipped }
}

function traceOf(row: Row): KeptTrace {
  // Columns that only this class writes, from values of these very types.
  const requestIds = row['request_ids'] as readonly string[]
  return {
    requestId: requestIds.at(-1) ?? '',
    requestIds,
    count: Number(row['count']),
    firstAt: isoInstant(Number(row['first_at_ms'])),
    at: isoInstant(Number(row['last_at_ms'])),
    model: String(row['model']),
    outcome: row['outcome'] as RequestTrace['outcome'],
    httpStatus: row['http_status'] === null ? null : Number(row['http_status']),
    code: String(row['code']),
    providerName: String(row['provider_name']),
    consumer: String(row['consumer']),
    ...(row['details'] as TraceDetails),
  }
}
