import { maxChainLevels } from '@quotakeeper/quota-core'

/**
 * The rows `chain` of the subjects in two parameters, kinds and names, and of their ancestors, each once. Of kinds whose
 * owners are in the rows of their subjects.
 */
export function chainsOf(kinds: string, names: string): string {
  return `with recursive chain(kind, name, time_zone, day_starts_at, month_starts_on, limits, thresholds_percent, version, owner, depth) as (
    select s.kind, s.name, s.time_zone, s.day_starts_at, s.month_starts_on, s.limits, s.thresholds_percent, s.version, s.owner, 1
    from unnest(${kinds}::text[], ${names}::text[]) as k(kind, name)
    join quota_subject as s on s.kind = k.kind and s.name = k.name
    union
    select s.kind, s.name, s.time_zone, s.day_starts_at, s.month_starts_on, s.limits, s.thresholds_percent, s.version, s.owner, depth + 1
    from chain join quota_subject as s on s.kind = chain.owner->'parent'->>'kind' and s.name = chain.owner->'parent'->>'name'
    where depth < ${maxChainLevels}
  )`
}
