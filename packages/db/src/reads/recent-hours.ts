import {
  consumerKind,
  type HourOfUsage,
  largestHourlySum,
  type ReadOptions,
  recentHoursMs,
} from '@quotakeeper/quota-core'
import type { Database, Row, Statement } from '../database/database.js'
import { withCheckedSession } from '../store/failures.js'
import { quickLocks } from '../store/lanes/lock-patience.js'
import { countColumnNames, readCounts } from '../store/statements/attempt-columns.js'
import { namesUnder } from '../store/statements/descendants.js'
import { columnsOf, rowsOfColumns } from '../store/statements/rows.js'
import { readRows } from './read-rows.js'

const columns: readonly string[] = ['provider_name', 'hour_start_ms', 'model', ...countColumnNames]

const sums = countColumnNames
  .map(column => `greatest(-${largestHourlySum}, least(${largestHourlySum}, sum(h.${column}))) as ${column}`)
  .join(', ')

/**
 * Provider by provider, each by the beginning of the table's key: the index by day holds every hour of the
 * day, of all providers. The clock is read once, in a query of its own: compared with each row, it kept
 * the index from being searched by the hour, and 1,000 providers took 34 ms instead of 9.
 */
function rowsOf(providers: string): string {
  return `select p.name as provider_name, h.* from ${providers} as p cross join lateral (
      select (extract(epoch from h.hour_start) * 1000)::bigint as hour_start_ms, h.model, ${sums}
      from usage_hourly as h
      where h.provider_name = p.name and h.hour_start > (select clock_timestamp() - interval '${recentHoursMs} milliseconds')
      group by h.hour_start, h.model) as h`
}

const ofAll: Statement = {
  name: 'recent-hours-of-all',
  text: `select ${columnsOf(columns, rowsOf('ai_provider'))} as hours`,
  values: [],
}

const related = `(select name from ai_provider where name = any($1::text[]) or (pool_name <> '' and pool_name in
  (select pool_name from ai_provider where name = any($1::text[]))))`
const textOfSome = `select ${columnsOf(columns, rowsOf(related))} as hours`

/**
 * The hours that began in the last two hours, of some providers and those that share a pool with them, or
 * of all.
 * @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure with the server's error as its cause.
 */
export async function recentHours(
  database: Database,
  providerNames: readonly string[] | null,
): Promise<readonly HourOfUsage[]> {
  const statement =
    providerNames === null ? ofAll : { name: 'recent-hours', text: textOfSome, values: [providerNames] }
  const [rows] = await withCheckedSession(database, session => session.run([statement]), quickLocks)
  return rowsOfColumns(columns, rows?.[0]?.['hours']).map(hourOf)
}

/** Beyond as many names, the last hours of all providers are gone through instead of each name's. */
const maxNamesLookedUp = 500
/** Bounds the rows by hour that are summed. With more, a forecast lacks some. */
const maxRowsSummed = 100_000

const isRecent = `hour_start > (select clock_timestamp() - interval '${recentHoursMs} milliseconds')`
const hourColumns = ['hour_start', 'model', ...countColumnNames].join(', ')
const textUnder = `with names as materialized (${namesUnder('$1::text', '$2::text')}),
  size as materialized (select count(*) > ${maxNamesLookedUp} as is_large from (select from names limit ${maxNamesLookedUp + 1}) as few),
  h as (select * from (
    select h.* from names cross join lateral (
      select ${hourColumns} from usage_hourly where consumer = names.name and consumer <> '' and ${isRecent} offset 0
    ) as h where not (select is_large from size)
    union all
    select ${hourColumns} from ai_provider as p cross join lateral (
      select consumer, ${hourColumns} from usage_hourly where provider_name = p.name and ${isRecent} offset 0
    ) as h where (select is_large from size) and consumer in (select name from names)
  ) as found limit ${maxRowsSummed})
  select (extract(epoch from h.hour_start) * 1000)::bigint as hour_start_ms, h.model, ${sums} from h group by h.hour_start, h.model`

/**
 * The same hours of a consumer and its descendants, by hour and model: of a few by the index of their names, of many
 * provider by provider.
 * @throws QuotaError INVALID_INPUT, READ_REFUSED, STORE_UNAVAILABLE; DatabaseFailure with the server's error as its cause.
 */
export async function recentHoursUnder(
  database: Database,
  consumer: string,
  options?: ReadOptions,
): Promise<readonly HourOfUsage[]> {
  const statement: Statement = {
    name: 'recent-hours-under',
    text: textUnder,
    values: [consumerKind, consumer],
  }
  const rows = await readRows(database, statement, options)
  return rows.map(row => hourOf({ provider_name: '', ...row }))
}

function hourOf(row: Row): HourOfUsage {
  return {
    providerName: String(row['provider_name']),
    hourStartMs: Number(row['hour_start_ms']),
    model: String(row['model']),
    counts: readCounts(row),
  }
}
