import {
  type Attempt,
  consumerKind,
  isoInstant,
  type LedgerRowsQuery,
  type PageOf,
  QuotaError,
  type ReadOptions,
} from '@quotakeeper/quota-core'
import type { Database, Statement } from '../database/database.js'
import { attemptSelection, readAttempt } from '../store/statements/attempt-columns.js'
import { namesUnder } from '../store/statements/descendants.js'
import { msOf, readMs } from '../store/statements/rows.js'
import { decodeCursor, pageOf } from './cursor.js'
import { Conditions, readRows } from './read-rows.js'

/**
 * Rows that are read at once. What arrives together is read in one go, and delays calls: a page of 10,000 rows by 60 ms
 * and more.
 */
const rowsPerSlice = 250

/**
 * Rows that one slice scans on PGlite. It has no time-out: it runs in this thread, and blocks it. A filter that matches
 * nothing would scan the whole ledger.
 */
const maxRowsOfPgliteScan = 100_000

interface LedgerReadOptions extends ReadOptions {
  /** Of a slice, on PGlite; 100,000 unless given. */
  readonly maxRowsOfScan?: number
}

interface BoundedReadOptions extends ReadOptions {
  readonly maxRowsOfScan: number
}

interface SliceOptions extends BoundedReadOptions {
  /** Consumers whose rows are read by the index of consumers; null where rows are read by another index. */
  readonly names: readonly string[] | null
}

/** Most consumers whose rows are read by their index. Of more, reading the newest rows of each takes longer than a scan. */
const maxConsumersByIndex = 100

/**
 * Rows of the ledger, newest first, read slice by slice: calls go on in between, here and on a database of one
 * connection.
 * @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws.
 */
export async function ledgerPage(
  database: Database,
  query: LedgerRowsQuery,
  { maxRowsOfScan = maxRowsOfPgliteScan, ...options }: LedgerReadOptions = {},
): Promise<PageOf<Attempt>> {
  const attempts: Attempt[] = []
  const names = await consumersByIndex(database, query, options)
  let { cursor } = query
  do {
    const pageSize = Math.min(rowsPerSlice, query.pageSize - attempts.length)
    const slice = await ledgerSlice(
      database,
      { ...query, cursor, pageSize },
      { maxRowsOfScan, names, ...options },
    )
    attempts.push(...slice.rows)
    cursor = slice.nextCursor
  } while (cursor !== null && attempts.length < query.pageSize)
  return { rows: attempts, nextCursor: cursor }
}

async function ledgerSlice(
  database: Database,
  query: LedgerRowsQuery,
  { names, ...options }: SliceOptions,
): Promise<PageOf<Attempt>> {
  const isOfAll = query.providerName === null && query.requestId === null
  const sinceMs = isScanOnPglite(database, query, names) ? await scanStart(database, query, options) : null
  const statement =
    names !== null
      ? rowsOfConsumers(names, query, sinceMs)
      : isOfAll
        ? rowsOfAll(query, sinceMs)
        : rowsOfSome(query, sinceMs)
  const rows = await readRows(database, statement, options)
  if (sinceMs !== null && rows.length <= query.pageSize) throw scanTooLong(options.maxRowsOfScan)
  return pageOf(rows.map(readAttempt), query.pageSize, row => [row.occurredAtMs, row.id])
}

/** The consumers that a query asks for; null for all, for more than are read by their index, and for calls without one. */
async function consumersByIndex(
  database: Database,
  { requestId, consumer, consumers, under }: LedgerRowsQuery,
  options: ReadOptions,
): Promise<readonly string[] | null> {
  if (requestId !== null) return null
  const given = consumer === undefined ? consumers : [consumer]
  if (given === undefined && under === undefined) return null
  const names = given ?? (await namesOf(database, under ?? '', options))
  return names.length > maxConsumersByIndex || names.includes('') ? null : [...new Set(names)]
}

/** The names of a consumer and its descendants: one more than are read by their index, or all. */
async function namesOf(database: Database, under: string, options: ReadOptions): Promise<readonly string[]> {
  const text = `select name from (${namesUnder('$1', '$2')}) as u limit ${maxConsumersByIndex + 1}`
  const rows = await readRows(database, { name: '', text, values: [consumerKind, under] }, options)
  return rows.map(({ name }) => String(name))
}

/** Whether rows are scanned that do not match: by filters without an index. Requests have an index, and few rows. */
function isScanOnPglite(
  { kind }: Database,
  { requestId, providerName, model, consumer, consumers, under, state }: LedgerRowsQuery,
  names: readonly string[] | null,
): boolean {
  if (kind !== 'pglite' || requestId !== null) return false
  if (names !== null && providerName !== null) return true
  const ofConsumers = names === null ? [consumer, consumers, under] : []
  return [model, state, ...ofConsumers].some(filter => filter !== undefined)
}

/**
 * The instant at which a scan must stop: of each provider, as many rows are newer as its share of the bound allows, or
 * fewer. Null where there are no more rows than that.
 */
async function scanStart(
  database: Database,
  { providerName, days, cursor }: LedgerRowsQuery,
  { maxRowsOfScan, ...options }: BoundedReadOptions,
): Promise<number | null> {
  const where = new Conditions()
  const named = providerName === null ? '' : `where name = ${where.value(providerName)}`
  where.add('provider_name = p.name')
  if (days !== undefined) addDays(where, days)
  if (cursor !== null) addCursor(where, cursor)
  const text = `with p as materialized (select name from ai_provider ${named})
    select ${msOf('occurred_at')} from (
      select max(n.occurred_at) as occurred_at from p cross join lateral (
        select occurred_at from usage_attempt where ${where}
        order by occurred_at desc, id desc offset ${maxRowsOfScan} / (select count(*) from p) limit 1
      ) as n
    ) as r`
  const [row] = await readRows(database, { name: '', text, values: where.values }, options)
  return readMs(row?.['occurred_at_ms'])
}

function scanTooLong(maxRowsOfScan: number): QuotaError {
  return new QuotaError(
    'READ_REFUSED',
    `this list scans more than ${maxRowsOfScan} rows, which takes too long on PGlite: ask for fewer days or one provider, leave filters out, or use PostgreSQL (QUOTA_DATABASE_URL)`,
  )
}

/** Rows of a provider, of a request, or of both: each has an index. */
function rowsOfSome(query: LedgerRowsQuery, sinceMs: number | null): Statement {
  const where = new Conditions()
  if (query.providerName !== null) where.add(`provider_name = ${where.value(query.providerName)}`)
  if (query.requestId !== null) where.add(`request_id = ${where.value(query.requestId)}`)
  return newest(where, query, sinceMs)
}

/**
 * Rows of every provider: the newest of each, by the index of its own, and of those the newest. An index
 * for all would have to be kept by every call; without either, a page read the whole ledger (0.3 to 0.8 s
 * for a million rows, instead of 0.05 s for 100 providers).
 */
function rowsOfAll(query: LedgerRowsQuery, sinceMs: number | null): Statement {
  const where = new Conditions()
  where.add('provider_name = p.name')
  return newestOfEach('ai_provider as p', newest(where, query, sinceMs), query)
}

function newestOfEach(source: string, ofEach: Statement, { pageSize }: LedgerRowsQuery): Statement {
  return {
    ...ofEach,
    text: `select n.* from ${source} cross join lateral (${ofEach.text}) as n
      order by n.occurred_at_ms desc, n.id desc limit ${pageSize + 1}`,
  }
}

/** Rows of some consumers: the newest of each, by the index of consumers, and of those the newest. */
function rowsOfConsumers(
  names: readonly string[],
  query: LedgerRowsQuery,
  sinceMs: number | null,
): Statement {
  const where = new Conditions()
  const asked = where.value(names)
  where.add(`consumer = c.name and consumer <> ''`)
  if (query.providerName !== null) where.add(`provider_name = ${where.value(query.providerName)}`)
  return newestOfEach(`unnest(${asked}::text[]) as c(name)`, newest(where, query, sinceMs), query)
}

/** One row more than the page holds; with `sinceMs`, none older. */
function newest(where: Conditions, query: LedgerRowsQuery, sinceMs: number | null): Statement {
  addFilters(where, query)
  if (sinceMs !== null) where.add(`occurred_at >= ${where.value(isoInstant(sinceMs))}::timestamptz`)
  const text = `select ${attemptSelection} from usage_attempt where ${where}
    order by occurred_at desc, id desc limit ${query.pageSize + 1}`
  return { name: '', text, values: where.values }
}

/** Conditions that no index leads by here: rows are scanned, from the newest on, until a page is full. */
function addFilters(
  where: Conditions,
  { model, consumer, consumers, under, state, days, cursor }: LedgerRowsQuery,
): void {
  if (model !== undefined) where.add(`model = ${where.value(model)}`)
  if (consumer !== undefined) where.add(`consumer = ${where.value(consumer)}`)
  if (consumers !== undefined) where.add(`consumer = any(${where.value([...consumers])}::text[])`)
  if (under !== undefined)
    where.add(`consumer in (${namesUnder(where.value(consumerKind), where.value(under))})`)
  if (state !== undefined) where.add(`state = ${where.value(state)}`)
  if (days !== undefined) addDays(where, days)
  if (cursor !== null) addCursor(where, cursor)
}

function addCursor(where: Conditions, cursor: string): void {
  const [occurredAtMs, id] = decodeCursor(cursor, ['integer', 'uuid'])
  const occurredAt = `to_timestamp(${where.value(occurredAtMs)}::bigint / 1000.0)`
  where.add(`(occurred_at, id) < (${occurredAt}, ${where.value(id)}::uuid)`)
}

/**
 * The day is the provider's own. The instants, which the index knows, leave two days on either side: zones are
 * up to 14 hours off, and days may begin at any time of the day.
 */
function addDays(where: Conditions, days: NonNullable<LedgerRowsQuery['days']>): void {
  const from = `${where.value(days.from)}::date`
  const to = `${where.value(days.to)}::date`
  where.add(`date between ${from} and ${to}`)
  where.add(`occurred_at >= ${from} - interval '2 days'`)
  where.add(`occurred_at < ${to} + interval '3 days'`)
}
