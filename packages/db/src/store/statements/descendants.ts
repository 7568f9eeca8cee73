import { maxChainLevels, planKind, type SubjectKind } from '@quotakeeper/quota-core'

// Plans are generic here, and often made while tables are empty: `lateral … offset 0` keeps one look into the index for
// each row. Joined or with `or`, the rows of all 20,000 other consumers were read. What a row must be beside is asked of
// what the index has given, where the index of all names in use would suit the question, too.

/** Whether the owner in a row of quota_subject is in use, as a condition. */
export const isInUse = "owner->>'removedAtMs' is null"

/**
 * A query of the names of an owner and its descendants, also of removed ones.
 * @param kind, name SQL expressions
 */
export function namesUnder(kind: string, name: string): string {
  return `select name from (${rowsUnder(kind, name)}) as of_all`
}

/** The same of those that are in use. */
export function namesInUseUnder(kind: string, name: string): string {
  return `select name from (${rowsUnder(kind, name)}) as of_all where is_in_use`
}

function rowsUnder(kind: string, name: string): string {
  return `with recursive below(name, is_in_use, level) as (
    select ${name}::text,
      exists (select from (select owner from quota_subject where kind = ${kind} and name = ${name} offset 0) as s
        where owner is not null and ${isInUse}), 1
    union all
    select s.name, s.is_in_use, level + 1 from below cross join lateral (
      select name, ${isInUse} as is_in_use from quota_subject
      where owner is not null and owner->'parent'->>'name' = below.name and owner->'parent'->>'kind' = ${kind} offset 0
    ) as s where level < ${maxChainLevels}
  ) select name, is_in_use from below`
}

/**
 * The rows of quota_subject whose owners rely on a subject of this kind, see `reliesOn` of quota-core, as a query: by the
 * index of parents, or by that of plans.
 * @param name SQL expression of the subject's name
 */
export function dependentsOf(kind: SubjectKind, name: string): string {
  const relies =
    kind === planKind
      ? `owner->>'plan' = ${name}`
      : `owner->'parent'->>'name' = ${name} and owner->'parent'->>'kind' = '${kind}'`
  return `select kind, name, owner from quota_subject where owner is not null and ${relies} offset 0`
}
