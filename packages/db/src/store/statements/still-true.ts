import type { SubjectRef } from '@quotakeeper/quota-core'
import type { Row, Statement } from '../../database/database.js'
import { dueSubjectRows } from './attempts.js'
import { newRevision } from './revision.js'
import { clock } from './state.js'
import { type RevisedSubject, readRef } from './subjects.js'

/** Nearly always null. */
const due = `(select json_agg(r) from (${dueSubjectRows.some}) as r)`

/** Whether there is still none of those subjects of which there was none. */
const areMissing = `and not exists (select from quota_subject as s
    join unnest($1::text[], $2::text[], $3::bigint[]) as k(kind, name, stamp) on s.kind = k.kind and s.name = k.name
    where k.stamp is null)
`

/** How far the clock that a decision was made by may be from the database's. */
const maxClockErrorMs = 1_000

/** What a decision on cached state presumes. */
export interface Presumed {
  /** What it was decided on, in locking order. */
  readonly subjects: readonly RevisedSubject[]
  /** Ids that no attempt has. */
  readonly freeIds: ReadonlySet<string>
  /** About what the database's clock shows. */
  readonly clockMs: number
}

/**
 * Compare and set: locks the subjects, and finds whether what a decision presumed still `holds`, the `revision` to set
 * where it does, and of which subjects attempts are `due`.
 *
 * A statement that waits for a lock reads everything else as it was before the wait; but PostgreSQL then checks the row
 * that it has locked once more, in its newest version, and finds the new revision there.
 */
export function stillTrue({ subjects, freeIds, clockMs }: Presumed): Statement {
  const areAllThere = subjects.every(({ revision }) => revision !== null)
  return {
    name: areAllThere ? 'still-true' : 'still-true-without',
    text: `select ${clock}, ${newRevision} as revision, ${due} as due, (
        select count(*) from (
          select from quota_subject as s join unnest($1::text[], $2::text[], $3::bigint[]) as k(kind, name, stamp)
            on s.kind = k.kind and s.name = k.name and s.stamp = k.stamp
            order by s.kind, s.name for no key update of s
        ) as locked
      ) = (select count(k.stamp) from unnest($3::bigint[]) as k(stamp))
${areAllThere ? '' : areMissing}      and not exists (select from usage_attempt where id = any($4::uuid[]))
      and abs(extract(epoch from clock_timestamp()) * 1000 - $5::float8) < ${maxClockErrorMs} as holds`,
    values: [
      subjects.map(subject => subject.kind),
      subjects.map(subject => subject.name),
      subjects.map(subject => subject.revision),
      [...freeIds],
      clockMs,
    ],
  }
}

/** The condition of a write under locks that its transaction has already: it holds, and makes the `revision`. */
export const always: Statement = {
  name: 'always',
  text: `select true as holds, ${newRevision} as revision`,
  values: [],
}

/** The revision that a write has given to its subjects. */
export function revisionIn(rows: readonly Row[] | undefined): string {
  return String(rows?.[0]?.['revision'])
}

/** What {@link stillTrue} has found. */
export function foundOf(rows: readonly Row[] | undefined): {
  readonly holds: boolean
  readonly clockMs: number
  /** The subjects of which attempts are due. */
  readonly due: readonly SubjectRef[]
} {
  const row = rows?.[0] ?? {}
  // A list that the statement above makes; null as long as nothing is due.
  const due = (row['due'] ?? []) as readonly Row[]
  return { holds: row['holds'] === true, clockMs: Number(row['now_ms']), due: due.map(readRef) }
}
