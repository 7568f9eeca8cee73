/** Levels of descendants that are looked through: deeper trees are not allowed. */
const maxLevels = 16

/**
 * A query of the names of an owner and its descendants, also of removed ones.
 * @param kind, name SQL expressions
 */
export function namesUnder(kind: string, name: string): string {
  return `with recursive below(name, level) as (
    select ${name}::text, 1
    union all
    select s.name, level + 1 from below join quota_subject as s
      on s.kind = ${kind} and s.owner is not null and s.owner->'parent'->>'name' = below.name where level < ${maxLevels}
  ) select name from below`
}
