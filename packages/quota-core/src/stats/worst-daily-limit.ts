import type { LimitCounter } from '../decide/call-counters.js'
import { spentUnits } from '../domain/counter.js'
import { maxAt } from '../domain/grant.js'
import type { ProviderStats } from '../domain/outcome.js'
import { isDaily } from '../domain/window.js'

/** The figures of the worst daily limit. */
export type DailyLimit = Pick<ProviderStats, 'quotaLimit' | 'remainingPercentage'>

/** The daily limit with the smallest unspent share. */
export function worstDailyLimit(entries: readonly LimitCounter[]): DailyLimit {
  let worst: { quotaLimit: number; remainingPercentage: number } | null = null
  for (const { limit, counter } of entries) {
    const max = maxAt(limit, counter.atMs)
    if (limit.mode !== 'enforce' || max === null || !isDaily(limit.window)) continue
    const left = Math.max(0, max - spentUnits(counter, limit))
    const remainingPercentage = max === 0 ? 0 : left / max
    if (worst === null || remainingPercentage < worst.remainingPercentage) {
      worst = { quotaLimit: max, remainingPercentage }
    }
  }
  return worst ?? { quotaLimit: null, remainingPercentage: null }
}
