import type { AlertsQuery, PageOf, StoredAlert } from '@quotakeeper/quota-core'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { Database } from '../database/database.js'
import { quotaAlert as alert } from '../schema/tables.js'
import { decodeCursor, pageOf } from './cursor.js'
import { readRows } from './read-rows.js'

/**
 * Alerts, newest first.
 * @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws.
 */
export async function alertPage(database: Database, query: AlertsQuery): Promise<PageOf<StoredAlert>> {
  const [before] = query.cursor === null ? [] : decodeCursor(query.cursor, ['integer'])
  const rows = await readRows(
    database.drizzle
      .select()
      .from(alert)
      .where(
        and(
          query.subjectKind === null ? undefined : eq(alert.subjectKind, query.subjectKind),
          query.subjectName === null ? undefined : eq(alert.subjectName, query.subjectName),
          query.severity === null ? undefined : eq(alert.severity, query.severity),
          before === undefined ? undefined : sql`${alert.id} < ${before}::bigint`,
        ),
      )
      .orderBy(desc(alert.id))
      .limit(query.pageSize + 1),
  )
  const stored = rows.map(
    ({ id, subjectKind, subjectName, windowStart, raisedAt, ...row }): StoredAlert => ({
      ...row,
      id: String(id),
      subject: { kind: subjectKind, name: subjectName },
      windowStartMs: Date.parse(windowStart),
      raisedAtMs: Date.parse(raisedAt),
    }),
  )
  return pageOf(stored, query.pageSize, row => [row.id])
}
