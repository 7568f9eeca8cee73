import type { Counts, PageOf, ReadOptions, SummaryKey, SummaryQuery, UsageSum } from '@quotakeeper/quota-core'
import { consumerKind, isoInstant, QuotaError, saturatedCounts } from '@quotakeeper/quota-core'
import type { Database, Row, Statement } from '../database/database.js'
import { countColumnNames, readSums } from '../store/statements/attempt-columns.js'
import { namesUnder } from '../store/statements/descendants.js'
import { decodeCursor, pageOf } from './cursor.js'
import { Conditions, readRows } from './read-rows.js'

/** What each key is grouped and ordered by: text that orders as its code units do. */
const expressions: Readonly<Record<SummaryKey, string>> = {
  day: `date::text collate "C"`,
  hour: `to_char(hour_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') collate "C"`,
  provider: 'provider_name collate "C"',
  model: 'model collate "C"',
  consumer: 'consumer collate "C"',
}

const sums = countColumnNames.map(column => `sum(${column}) as ${column}`).join(', ')

export interface SummaryReadOptions extends ReadOptions {
  /** How many rows one sum on PGlite may go over. */
  readonly maxRowsOfSum?: number
}

/**
 * Sums over the hours of some days, grouped by the requested keys, ascending.
 * @throws QuotaError INVALID_INPUT for a foreign cursor; what
 *   {@link readRows} throws.
 */
export async function summaryPage(
  database: Database,
  query: SummaryQuery,
  { maxRowsOfSum = maxRowsOfPgliteSum, ...options }: SummaryReadOptions = {},
): Promise<PageOf<UsageSum>> {
  const { groupBy, pageSize } = query
  if (database.kind === 'pglite') await refuseLongSum(database, query, { maxRowsOfSum, ...options })
  const rows = await readRows(database, summaryStatement(query), options)
  const page = pageOf(rows, pageSize, row => keysOf(row).slice(0, groupBy.length))
  return {
    rows: page.rows.map(row => ({ ...named(groupBy, keysOf(row)), ...saturatedCounts(readSums(row)) })),
    nextCursor: page.nextCursor,
  }
}

/**
 * Rows by hour that one sum on PGlite goes over. It has no time-out: it runs in this thread, and blocks it. 50,000 took 0.3 s on a busy machine.
 */
const maxRowsOfPgliteSum = 100_000

/** Counts up to one row beyond the bound. */
async function refuseLongSum(
  database: Database,
  query: SummaryQuery,
  { maxRowsOfSum, ...options }: Required<Pick<SummaryReadOptions, 'maxRowsOfSum'>> & ReadOptions,
): Promise<void> {
  const where = conditionsOf(query)
  const text = `select count(*)::int as count from
    (select from usage_hourly where ${where} limit ${maxRowsOfSum + 1}) as r`
  const [row] = await readRows(database, { name: '', text, values: where.values }, options)
  if (Number(row?.['count']) <= maxRowsOfSum) return
  throw new QuotaError(
    'READ_REFUSED',
    `this sum goes over more than ${maxRowsOfSum} rows, which takes too long on PGlite: ask for fewer days or one provider, or use PostgreSQL (QUOTA_DATABASE_URL)`,
  )
}

function conditionsOf({
  providerName,
  from,
  to,
  model,
  consumer,
  consumers,
  under,
}: SummaryQuery): Conditions {
  const where = new Conditions()
  if (providerName !== null) where.add(`provider_name = ${where.value(providerName)}`)
  where.add(`date >= ${where.value(from)}::date`)
  where.add(`date <= ${where.value(to)}::date`)
  if (model !== undefined) where.add(`model = ${where.value(model)}`)
  if (consumer !== undefined) where.add(`consumer = ${where.value(consumer)}`)
  if (consumers !== undefined) where.add(`consumer = any(${where.value([...consumers])}::text[])`)
  if (under !== undefined)
    where.add(`consumer in (${namesUnder(where.value(consumerKind), where.value(under))})`)
  return where
}

function summaryStatement(query: SummaryQuery): Statement {
  const keys = query.groupBy.map(key => expressions[key])
  const where = conditionsOf(query)
  if (query.cursor !== null) {
    // The sum of everything has no page after it, and so no cursor: an empty one is refused like any other.
    const forms = query.groupBy.map(() => 'text' as const)
    const values = decodeCursor(query.cursor, forms).map(value => where.value(value))
    where.add(`(${keys.join(', ')}) > (${values.join(', ')})`)
  }
  // Grouped by nothing beside, the sum of no hours is no row.
  const text = `select array[${[...keys, "''"].join(', ')}]::text[] as keys, ${sums} from usage_hourly
    where ${where} group by ${[...keys, '()'].join(', ')} having count(*) > 0
    ${keys.length === 0 ? '' : `order by ${keys.join(', ')}`} limit ${query.pageSize + 1}`
  return { name: '', text, values: where.values }
}

/** What the statement above makes: an array of texts. */
function keysOf(row: Row): readonly string[] {
  return row['keys'] as readonly string[]
}

function named(groupBy: readonly SummaryKey[], values: readonly string[]): Omit<UsageSum, keyof Counts> {
  const named: Record<string, string> = {}
  for (const [index, key] of groupBy.entries()) {
    const value = values[index] ?? ''
    named[key === 'provider' ? 'providerName' : key] =
      key === 'hour' ? isoInstant(Date.parse(`${value}Z`)) : value
  }
  return named
}
