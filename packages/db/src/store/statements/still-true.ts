import type { Row, Statement } from '../../database/database.js'
import { namesOf } from './attempts.js'
import { clock } from './state.js'
import type { Stamped } from './subjects.js'

/** How far the clock that a decision went by may be from the database's. */
const mostAsideMs = 1_000

/** What a decision took for granted. */
export interface Presumed {
  /** What it was decided on, in locking order. */
  readonly subjects: readonly Stamped[]
  /** Ids that no attempt has. */
  readonly freeIds: ReadonlySet<string>
  /** No attempt of the subjects is due at this instant. */
  readonly nowMs: number
  /** About what the database's clock shows. */
  readonly clockMs: number
}

/**
 * Locks the subjects, and finds out whether what a decision took for granted `holds`. A statement that waits for
 * a lock reads everything else as it was before; but whoever held the lock has stamped what he has written.
 */
export function stillTrue({ subjects, freeIds, nowMs, clockMs }: Presumed): Statement {
  return {
    name: 'still-true',
    text: `select ${clock}, (
        select count(*) from (
          select from quota_subject as s join unnest($1::text[], $2::text[], $3::bigint[]) as k(kind, name, stamp)
            on s.kind = k.kind and s.name = k.name and s.stamp = k.stamp
            order by s.kind, s.name for no key update of s
        ) as locked
      ) = cardinality($1::text[])
      and not exists (select from usage_attempt where id = any($4::uuid[]))
      and not exists (select from usage_attempt
        where state = 'pending' and provider_name = any($5::text[]) and expires_at <= to_timestamp($7::float8 / 1000))
      and not exists (select from usage_attempt
        where state = 'pending' and pool_name <> '' and pool_name = any($6::text[])
          and expires_at <= to_timestamp($7::float8 / 1000))
      and abs(extract(epoch from clock_timestamp()) * 1000 - $8::float8) < ${mostAsideMs} as holds`,
    values: [
      subjects.map(subject => subject.kind),
      subjects.map(subject => subject.name),
      subjects.map(subject => subject.stamp),
      [...freeIds],
      namesOf(subjects, 'provider'),
      namesOf(subjects, 'pool'),
      nowMs,
      clockMs,
    ],
  }
}

/** What {@link stillTrue} has found. */
export function foundOf(rows: readonly Row[] | undefined): {
  readonly holds: boolean
  readonly clockMs: number
} {
  const row = rows?.[0] ?? {}
  return { holds: row['holds'] === true, clockMs: Number(row['now_ms']) }
}
