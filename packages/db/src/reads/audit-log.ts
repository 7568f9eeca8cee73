import type { AuditQuery, KeptAuditEntry, PageOf, ReadOptions, SubjectRef } from '@quotakeeper/quota-core'
import type { Database, Row } from '../database/database.js'
import { msOf } from '../store/statements/rows.js'
import { decodeCursor, pageOf } from './cursor.js'
import { Conditions, readRows } from './read-rows.js'

/** Who changed what: written in the transaction of each change, and never removed. */
export class AuditLog {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Newest first. @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws */
  async page(
    { subject, cursor, pageSize }: AuditQuery,
    options?: ReadOptions,
  ): Promise<PageOf<KeptAuditEntry>> {
    const where = new Conditions()
    if (subject !== null) {
      where.add(`subject_kind = ${where.value(subject.kind)}`)
      where.add(`subject_name = ${where.value(subject.name)}`)
    }
    if (cursor !== null) where.add(`id < ${where.value(decodeCursor(cursor, ['integer'])[0])}::bigint`)
    const text = `select id, ${msOf('at')}, actor, action, subject_kind, subject_name, details from audit_log
      where ${where} order by id desc limit ${pageSize + 1}`
    const rows = await readRows(this.#database, { name: '', text, values: where.values }, options)
    return pageOf(rows.map(entryOf), pageSize, row => [row.id])
  }
}

function entryOf(row: Row): KeptAuditEntry {
  return {
    id: String(row['id']),
    atMs: Number(row['at_ms']),
    actor: String(row['actor']),
    action: String(row['action']),
    // Written by this package alone, from values of these very types.
    subject: { kind: row['subject_kind'] as SubjectRef['kind'], name: String(row['subject_name']) },
    details: row['details'] as KeptAuditEntry['details'],
  }
}
