import { planKind } from '@quotakeeper/quota-core'
import { maxLevels } from './chains.js'

// Plans are generic here, and often made while tables are empty: `lateral … offset 0` keeps one look into the index for
// each row. Joined or with `or`, the rows of all 20,000 other consumers were read.

/**
 * A query of the names of an owner and its descendants, also of removed ones.
 * @param kind, name SQL expressions
 */
export function namesUnder(kind: string, name: string): string {
  return `with recursive below(name, level) as (
    select ${name}::text, 1
    union all
    select s.name, level + 1 from below cross join lateral (
      select name from quota_subject
      where owner is not null and owner->'parent'->>'name' = below.name and owner->'parent'->>'kind' = ${kind} offset 0
    ) as s where level < ${maxLevels}
  ) select name from below`
}

/**
 * A query of the subjects whose owners rely on a subject, see `reliesOn` of quota-core: by the index of parents, and by
 * that of plans.
 * @param kind, name SQL expressions
 */
export function dependentsOf(kind: string, name: string): string {
  const columns = 'select kind, name, owner from quota_subject where owner is not null'
  return `${columns} and owner->'parent'->>'name' = ${name} and owner->'parent'->>'kind' = ${kind}
    union all
    ${columns} and owner->>'plan' = ${name} and ${kind} = '${planKind}'`
}
