import { poolKind, providerKind, type SubjectRef } from '@quotakeeper/quota-core'
import type { Statement } from '../database/database.js'

/**
 * The latest instant of a subject, as quota-core's `subjectTime` defines it: by its counters, and when its settings were
 * changed. What is past is decided by it, not by the database's clock: one that is ahead for a moment would drop what
 * still counts once it is right again.
 *
 * @param kind an expression for the subject's kind
 * @param name one for its name
 */
export function seenAt(kind: string, name: string): string {
  return `greatest(
      (select max(c.at) from quota_counter as c where c.subject_kind = ${kind} and c.subject_name = ${name}),
      (select p.updated_at from ai_provider as p where ${kind} = '${providerKind}' and p.name = ${name}),
      (select p.updated_at from quota_pool as p where ${kind} = '${poolKind}' and p.name = ${name}),
      (select to_timestamp((s.owner->>'updatedAtMs')::float8 / 1000) from quota_subject as s
        where s.kind = ${kind} and s.name = ${name}))`
}

/** Reads it of some subjects, in milliseconds. */
export function readSeen(subjects: readonly SubjectRef[]): Statement {
  return {
    name: 'subjects-seen',
    text: `select k.kind, k.name, floor(extract(epoch from ${seenAt('k.kind', 'k.name')}) * 1000)::bigint as seen_ms
      from unnest($1::text[], $2::text[]) as k(kind, name)`,
    values: [subjects.map(({ kind }) => kind), subjects.map(({ name }) => name)],
  }
}
