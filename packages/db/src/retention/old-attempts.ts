import { providerKind } from '@quotakeeper/quota-core'
import type { Statement } from '../database/database.js'

/** By the database's clock: those of processes may disagree. */
function before(parameter: string): string {
  return `(select clock_timestamp() - make_interval(days => ${parameter}::int))`
}

/** When a row is old. One that was entered or settled late is kept as long as a new one. */
function isOld(days: string): string {
  return `state <> 'pending' and occurred_at < ${before(days)} and settled_at < ${before(days)}`
}

/**
 * Names of providers with old rows, a bounded number: one search in the index of the ledger for each
 * provider, 40 ms for 10,000. An index over all rows by their time would spare that, and cost every reservation the
 * maintenance of another index.
 */
export function providersWithOldAttempts(ledgerDays: number, most: number): Statement {
  return {
    name: 'providers-with-old-attempts',
    // Corrections of subjects that are no providers have no provider's name.
    text: `select name from (select name from ai_provider union all select '') as p
      where exists (select from usage_attempt as a where a.provider_name = p.name and ${isOld('$1')})
      order by name limit $2`,
    values: [ledgerDays, most],
  }
}

/** Ids of the oldest rows of a provider that are old enough to go. Reads without a lock. */
export function oldAttempts(providerName: string, ledgerDays: number, most: number): Statement {
  return {
    name: 'old-attempts',
    text: `select id from usage_attempt where provider_name = $1 and ${isOld('$2')} order by occurred_at limit $3`,
    values: [providerName, ledgerDays, most],
  }
}

/** Takes the provider's lock: its rows change only under it. */
export function lockProvider(providerName: string): Statement {
  return {
    name: 'lock-provider',
    text: `select from quota_subject where kind = '${providerKind}' and name = $1 for no key update`,
    values: [providerName],
  }
}

/** Removes rows that are still old: one that was settled again meanwhile stays. Answers how many were removed. */
export function deleteAttempts(ids: readonly unknown[], ledgerDays: number): Statement {
  return {
    name: 'delete-attempts',
    text: `with gone as (delete from usage_attempt where id = any($1::uuid[]) and ${isOld('$2')} returning 1)
      select count(*)::int as count from gone`,
    values: [ids, ledgerDays],
  }
}
