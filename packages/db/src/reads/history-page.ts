import {
  countNames,
  type DailyUsage,
  type HistoryQuery,
  mapCounts,
  type PageOf,
  type ReadOptions,
  readWholeNumber,
  saturated,
} from '@quotakeeper/quota-core'
import type { Database, Row, Statement } from '../database/database.js'
import { countColumnNames } from '../store/statements/attempt-columns.js'
import { decodeCursor, pageOf } from './cursor.js'
import { readRows } from './read-rows.js'

const columns: readonly string[] = ['provider_name', ...countColumnNames]

/**
 * Usage per provider and day, newest day first, then by provider's name in the order of its code units,
 * alike on every server. By hand, a row for each day with a list for each column: a page of 10,000 rows took
 * three times as long through drizzle, row by row, and a sixth longer with each column as one list, which
 * the server made whole before this process could begin to read. Read once all had come, it took an eighth longer.
 * @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws.
 */
export async function historyPage(
  database: Database,
  query: HistoryQuery,
  options?: ReadOptions,
): Promise<PageOf<DailyUsage>> {
  const usages: DailyUsage[] = []
  const faults: unknown[] = []
  const onRow = (row: Row): void => {
    try {
      usages.push(...usagesOfDay(row))
    } catch (error) {
      faults.push(error)
    }
  }
  await readRows(database, { ...historyStatement(query), onRow }, options)
  if (faults.length > 0) throw faults[0]
  return pageOf(usages, query.pageSize, row => [row.date, row.providerName])
}

function historyStatement({ providerName, from, to, cursor, pageSize }: HistoryQuery): Statement {
  const conditions = [`date >= $1::date and date <= $2::date`]
  const values: unknown[] = [from, to, pageSize + 1]
  if (cursor !== null) {
    const [date = '', name = ''] = decodeCursor(cursor, ['day', 'text'])
    // The first part is the range that the index is searched for.
    conditions.push('date <= $4::date and (date < $4::date or provider_name collate "C" > $5)')
    values.push(date, name)
  }
  if (providerName !== null) {
    values.push(providerName)
    conditions.push(`provider_name = $${values.length}`)
  }
  const rows = `select date, ${columns.join(', ')} from ai_provider_usage where ${conditions.join(' and ')}
    order by date desc nulls last, provider_name collate "C" limit $3`
  return {
    name: `history${cursor === null ? '' : '-after'}${providerName === null ? '' : '-of-one'}`,
    text: `select date, ${columns.map(column => `json_agg(r.${column}) as ${column}`).join(', ')}
      from (${rows}) as r group by date order by date desc nulls last`,
    values,
  }
}

/** Each column is a list, but for the day, which is that of all. */
function usagesOfDay(row: Row): readonly DailyUsage[] {
  const date = String(row['date'])
  // Lists that the statement above makes: of texts, and of numbers as JSON has them.
  const names = row['provider_name'] as readonly string[]
  const sums = countColumnNames.map(column => row[column] as readonly number[])
  return names.map((providerName, index) => ({
    providerName,
    date,
    ...mapCounts(name => reported(sums[countNames.indexOf(name)]?.[index])),
  }))
}

/** A sum as answers have it: 2^53 − 1 where it is more. */
function reported(sum: number | undefined): number {
  return saturated(readWholeNumber(sum))
}
