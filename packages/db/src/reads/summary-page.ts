import type { Counts, PageOf, SummaryKey, SummaryQuery, UsageSum } from '@quotakeeper/quota-core'
import { isoInstant, QuotaError } from '@quotakeeper/quota-core'
import { and, eq, gte, lte, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../database/database.js'
import { exactNumber } from '../schema/columns.js'
import { usageHourly as usage } from '../schema/tables.js'
import { type CursorValue, decodeCursor, pageOf } from './cursor.js'
import { readRows } from './read-rows.js'

/** What each key is grouped and ordered by: text that orders as its code units do. */
const expressions: Readonly<Record<SummaryKey, SQL<string>>> = {
  day: sql<string>`${usage.date}::text collate "C"`,
  hour: sql<string>`to_char(${usage.hourStart} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') collate "C"`,
  provider: sql<string>`${usage.providerName} collate "C"`,
  model: sql<string>`${usage.model} collate "C"`,
  consumer: sql<string>`${usage.consumer} collate "C"`,
}

/**
 * Sums over the hours of some days, told apart by the keys asked for, ascending.
 * @throws QuotaError INVALID_INPUT for a foreign cursor, COUNT_OVERFLOW for a sum beyond 2^53 − 1; what
 *   {@link readRows} throws.
 */
export async function summaryPage(database: Database, query: SummaryQuery): Promise<PageOf<UsageSum>> {
  const keys = query.groupBy.map(key => expressions[key])
  const rows = await readRows(
    database.drizzle
      .select({
        keys: sql<readonly string[]>`array[${sql.join([...keys, sql`''`], sql`, `)}]::text[]`,
        requestCount: sumOf(usage.requestCount),
        characterCount: sumOf(usage.characterCount),
        inputTokenCount: sumOf(usage.inputTokenCount),
        outputTokenCount: sumOf(usage.outputTokenCount),
        cachedInputTokenCount: sumOf(usage.cachedInputTokenCount),
        costMicroUsd: sumOf(usage.costMicroUsd),
      })
      .from(usage)
      .where(
        and(
          query.providerName === null ? undefined : eq(usage.providerName, query.providerName),
          gte(usage.date, query.from),
          lte(usage.date, query.to),
          after(query, keys),
        ),
      )
      .groupBy(sql.join([...keys, sql`()`], sql`, `))
      .having(sql`count(*) > 0`)
      .orderBy(...keys)
      .limit(query.pageSize + 1),
  )
  const page = pageOf(rows, query.pageSize, row => row.keys.slice(0, keys.length))
  return {
    rows: page.rows.map(({ keys: values, ...counts }) => ({ ...named(query.groupBy, values), ...counts })),
    nextCursor: page.nextCursor,
  }
}

function sumOf(column: (typeof usage)[keyof Counts]): SQL<number> {
  return sql`sum(${column})`.mapWith(exactSum)
}

/** @throws QuotaError COUNT_OVERFLOW */
function exactSum(value: string): number {
  try {
    return exactNumber(value)
  } catch (cause) {
    throw new QuotaError('COUNT_OVERFLOW', 'a sum is beyond 2^53 − 1: ask for fewer days or more keys', {
      cause,
    })
  }
}

function after(query: SummaryQuery, keys: readonly SQL[]): SQL | undefined {
  if (query.cursor === null) return undefined
  // The sum of everything has no page after it, and so no cursor: an empty one is refused like any other.
  const forms = query.groupBy.map((): CursorValue => 'text')
  const values = decodeCursor(query.cursor, forms).map(value => sql`${value}`)
  return sql`(${sql.join([...keys], sql`, `)}) > (${sql.join(values, sql`, `)})`
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
