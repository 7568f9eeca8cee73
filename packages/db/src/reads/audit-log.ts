import type { AuditEntry, PageOf, SubjectRef } from '@quotakeeper/quota-core'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { Database } from '../database/database.js'
import { auditLog as table } from '../schema/tables.js'
import { decodeCursor, pageOf } from './cursor.js'
import { readRows } from './read-rows.js'

/** An entry as it is kept. */
export interface KeptAuditEntry extends AuditEntry {
  /** Rises with each entry. */
  readonly id: string
}

/** Entries, newest first. */
export interface AuditQuery {
  /** Null for every subject. */
  readonly subject: SubjectRef | null
  readonly cursor: string | null
  readonly pageSize: number
}

/** Who has changed what: written in the transaction of each change, and never removed. */
export class AuditLog {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Newest first. @throws QuotaError INVALID_INPUT for a foreign cursor, STORE_UNAVAILABLE; DatabaseFailure */
  async page({ subject, cursor, pageSize }: AuditQuery): Promise<PageOf<KeptAuditEntry>> {
    const [before] = cursor === null ? [] : decodeCursor(cursor, ['integer'])
    const rows = await readRows(
      this.#database.drizzle
        .select()
        .from(table)
        .where(
          and(
            subject === null ? undefined : eq(table.subjectKind, subject.kind),
            subject === null ? undefined : eq(table.subjectName, subject.name),
            before === undefined ? undefined : sql`${table.id} < ${before}::bigint`,
          ),
        )
        .orderBy(desc(table.id))
        .limit(pageSize + 1),
    )
    const entries = rows.map(
      ({ id, at, subjectKind, subjectName, ...row }): KeptAuditEntry => ({
        ...row,
        id: String(id),
        atMs: Date.parse(at),
        // Written by this package alone, from values of this very type.
        subject: { kind: subjectKind as SubjectRef['kind'], name: subjectName },
      }),
    )
    return pageOf(entries, pageSize, row => [row.id])
  }
}
