import type { DailyUsage, HistoryQuery, PageOf } from '@quotakeeper/quota-core'
import { and, desc, eq, gte, lte, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../database/database.js'
import { aiProviderUsage as usage } from '../schema/tables.js'
import { decodeCursor, pageOf } from './cursor.js'
import { readRows } from './read-rows.js'

/** Names in the order of their code units, alike on every server. */
const providerName = sql`${usage.providerName} collate "C"`

/**
 * Usage per provider and day, newest day first, then by provider's name.
 * @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws.
 */
export async function historyPage(database: Database, query: HistoryQuery): Promise<PageOf<DailyUsage>> {
  const rows = await readRows(
    database.drizzle
      .select({
        providerName: usage.providerName,
        date: usage.date,
        requestCount: usage.requestCount,
        characterCount: usage.characterCount,
        inputTokenCount: usage.inputTokenCount,
        outputTokenCount: usage.outputTokenCount,
        cachedInputTokenCount: usage.cachedInputTokenCount,
        costMicroUsd: usage.costMicroUsd,
      })
      .from(usage)
      .where(
        and(
          gte(usage.date, query.from),
          lte(usage.date, query.to),
          query.providerName === null ? undefined : eq(usage.providerName, query.providerName),
          after(query.cursor),
        ),
      )
      .orderBy(desc(usage.date), providerName)
      .limit(query.pageSize + 1),
  )
  return pageOf(rows, query.pageSize, row => [row.date, row.providerName])
}

function after(cursor: string | null): SQL | undefined {
  if (cursor === null) return undefined
  const [date, name] = decodeCursor(cursor, ['day', 'text'])
  return sql`(${usage.date} < ${date}::date or (${usage.date} = ${date}::date and ${providerName} > ${name}))`
}
