import type { AlertsQuery, PageOf, ReadOptions, StoredAlert } from '@quotakeeper/quota-core'
import type { Database } from '../database/database.js'
import { alertColumns, storedAlert } from '../outbox/stored-alert.js'
import { decodeCursor, pageOf } from './cursor.js'
import { Conditions, readRows } from './read-rows.js'

/**
 * Alerts, newest first.
 * @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws.
 */
export async function alertPage(
  database: Database,
  { subjectKind, subjectName, severity, cursor, pageSize }: AlertsQuery,
  options?: ReadOptions,
): Promise<PageOf<StoredAlert>> {
  const where = new Conditions()
  if (subjectKind !== null) where.add(`a.subject_kind = ${where.value(subjectKind)}`)
  if (subjectName !== null) where.add(`a.subject_name = ${where.value(subjectName)}`)
  if (severity !== null) where.add(`a.severity = ${where.value(severity)}`)
  if (cursor !== null) where.add(`a.id < ${where.value(decodeCursor(cursor, ['integer'])[0])}::bigint`)
  const text = `select ${alertColumns} from quota_alert as a where ${where}
    order by a.id desc limit ${pageSize + 1}`
  const rows = await readRows(database, { name: '', text, values: where.values }, options)
  return pageOf(rows.map(storedAlert), pageSize, row => [row.id])
}
