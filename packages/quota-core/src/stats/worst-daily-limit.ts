import type { LimitCounter } from '../decide/call-counters.js'
import { spentUnits } from '../domain/counter.js'
import type { ProviderStats } from '../domain/outcome.js'
import { isDaily } from '../domain/window.js'

/** The figures of the worst daily limit. */
export type DailyLimit = Pick<ProviderStats, 'quotaLimit' | 'remainingPercentage'>

/** The daily limit with the smallest unspent share. */
export function worstDailyLimit(entries: readonly LimitCounter[]): DailyLimit {
  let worst: { quotaLimit: number; remainingPercentage: number } | null = null
  for (const { limit, counter } of entries) {
    if (limit.mode !== 'enforce' || limit.max === null || !isDaily(limit.window)) continue
    const left = Math.max(0, limit.max - spentUnits(counter, limit))
    const remainingPercentage = limit.max === 0 ? 0 : left / limit.max
    if (worst === null || remainingPercentage < worst.remainingPercentage) {
      worst = { quotaLimit: limit.max, remainingPercentage }
    }
  }
  return worst ?? { quotaLimit: null, remainingPercentage: null }
}
