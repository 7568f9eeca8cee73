import { exactSum } from '../domain/counts.js'
import { type Metric, metrics } from '../domain/metric.js'
import type { LimitState, ProviderStats } from '../domain/outcome.js'
import { compareText } from '../domain/subject.js'
import type { Window } from '../domain/window.js'

/** The whole capacity of all providers, for one metric and window. */
export interface Total {
  readonly metric: Metric
  readonly window: Window
  readonly max: number
  readonly used: number
  readonly remaining: number
}

/**
 * Sums the enforced limits that concern every call, each once: a pool's limit counts once for all of
 * its providers, limits by model and without a max are left out.
 */
export function totalsOf(providers: readonly ProviderStats[]): readonly Total[] {
  const distinct = new Map<string, LimitState>()
  for (const { limits } of providers) {
    for (const limit of limits) {
      if (limit.model !== null || limit.max === null || limit.mode !== 'enforce') continue
      distinct.set(`${limit.subject.kind}\n${limit.subject.name}\n${limit.id}`, limit)
    }
  }
  const totals = new Map<string, Total>()
  for (const { metric, window, max, used, observed, remaining } of distinct.values()) {
    const key = `${metric}\n${window}`
    const total = totals.get(key) ?? { metric, window, max: 0, used: 0, remaining: 0 }
    totals.set(key, {
      metric,
      window,
      max: exactSum(total.max, max ?? 0),
      used: exactSum(total.used, exactSum(used, observed)),
      remaining: exactSum(total.remaining, remaining ?? 0),
    })
  }
  return [...totals.values()].sort(
    (left, right) =>
      metrics.indexOf(left.metric) - metrics.indexOf(right.metric) || compareText(left.window, right.window),
  )
}
