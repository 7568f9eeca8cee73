import type { Counts, QuotaFact } from '@quotakeeper/quota-core'
import type { PlacedQuota } from './placed-quota.js'
import { CalendarQuota, type QuotaRule, quotaOf, unitsOf } from './vendor-quota.js'

/** A key at a vendor, an account shared by several, or a consumer. */
export interface Account {
  readonly name: string
  readonly timeZone: string
  readonly rules: readonly QuotaRule[]
}

export interface Arrival {
  /** The reservation's id; null for a call by another user of the key. */
  readonly id: string | null
  readonly keyName: string
  /** Counts that must fit for the call to be accepted. */
  readonly asked: Counts
  /** Counts that it actually uses. */
  readonly used: Counts
}

export type VendorAnswer =
  | { readonly accepted: true; readonly facts: readonly QuotaFact[] }
  | {
      readonly accepted: false
      readonly refusedBy: readonly PlacedQuota[]
      readonly waitMs: number
      readonly facts: readonly QuotaFact[]
    }

/** The vendors. They count a call when it arrives, or answer 429 with their figures. */
export class Vendors {
  readonly placed: readonly PlacedQuota[]
  readonly #quotasByKey = new Map<string, readonly PlacedQuota[]>()

  constructor(keys: readonly (Account & { readonly pool: string | null })[], shared: readonly Account[]) {
    const ofPools = new Map(shared.map(account => [account.name, placedQuotas('pool', account)]))
    for (const key of keys) {
      const ofPool = key.pool === null ? [] : (ofPools.get(key.pool) ?? [])
      this.#quotasByKey.set(key.name, [...ofPool, ...placedQuotas('provider', key)])
    }
    this.placed = [...new Set([...this.#quotasByKey.values()].flat())]
  }

  /** The quotas that apply to a call with this key. */
  quotasOf(keyName: string): readonly PlacedQuota[] {
    return this.#quotasByKey.get(keyName) ?? []
  }

  receive({ id, keyName, asked, used }: Arrival, nowMs: number): VendorAnswer {
    const met = this.quotasOf(keyName)
    const waits = met.map(({ quota }) => quota.waitMs(unitsOf(asked, quota.rule), nowMs))
    const refusedBy = met.filter((_, index) => (waits[index] ?? 0) > 0)
    if (refusedBy.length > 0) {
      return { accepted: false, refusedBy, waitMs: Math.max(...waits), facts: factsOf(met, nowMs) }
    }
    for (const { quota } of met) quota.count({ id, units: unitsOf(used, quota.rule), arrivedAtMs: nowMs })
    return { accepted: true, facts: factsOf(met, nowMs) }
  }
}

function placedQuotas(scope: PlacedQuota['scope'], account: Account): readonly PlacedQuota[] {
  return account.rules.map(rule => ({
    scope,
    name: account.name,
    quota: quotaOf(rule, account.timeZone),
  }))
}

function factsOf(met: readonly PlacedQuota[], nowMs: number): readonly QuotaFact[] {
  return met.map(({ scope, quota }) => {
    const { metric, window, max } = quota.rule
    const remaining = quota.remaining(nowMs)
    // Rolling quotas have no windows that turn.
    const timeZone = quota instanceof CalendarQuota ? quota.timeZone : 'UTC'
    return { scope, metric, window, max, remaining, perModel: false, countsCached: true, timeZone }
  })
}
