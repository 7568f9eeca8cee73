import {
  poolKind,
  providerKind,
  type SubjectKind,
  type SubjectRef,
  subjectsOfFacts,
} from '@quotakeeper/quota-core'
import type { Row } from '../../database/database.js'

/**
 * The columns of the ledger that have the names of an attempt's subjects as facts. Rows of older releases, which did not
 * store subjects, have no others, and indexes of these columns lead to the rows of a provider or a pool.
 */
export const factColumns: ReadonlyMap<SubjectKind, string> = new Map<SubjectKind, string>([
  [providerKind, 'provider_name'],
  [poolKind, 'pool_name'],
])

const isByFacts = [...factColumns]
  .map(([kind, column]) => `when '${kind}' then nullif(a.${column}, '')`)
  .join(' ')

/** Whether the attempt `a` concerns the subject `s`, a row of quota_subject: as a condition. */
export const concernsSubject: string = `case when a.subject_ids is null then s.name = case s.kind ${isByFacts} end
  else a.subject_ids @> array[s.id] end`

/** The subjects of a row with `subject_ids`, in their order, as an expression; null for a row from before. */
export const subjectsOfRow: string = `(select json_agg(json_build_array(s.kind, s.name) order by o.position)
  from unnest(subject_ids) with ordinality as o(id, position) join quota_subject as s on s.id = o.id)`

/** What {@link subjectsOfRow} has given, as `subjects` of a row. */
export function readSubjectsOf(row: Row): readonly SubjectRef[] {
  // A list that the expression above makes, of columns that only this package writes.
  const subjects = row['subjects'] as readonly (readonly [SubjectKind, string])[] | null | undefined
  if (subjects) return subjects.map(([kind, name]) => ({ kind, name }))
  if (Array.isArray(row['subject_ids'])) return []
  const poolName = String(row['pool_name'])
  return subjectsOfFacts({
    providerName: String(row['provider_name']),
    poolName: poolName === '' ? null : poolName,
  })
}
