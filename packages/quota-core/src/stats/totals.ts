import { BySubject } from '../domain/by-subject.js'
import { type Metric, metrics } from '../domain/metric.js'
import type { LimitState, ProviderStats } from '../domain/outcome.js'
import { compareText } from '../domain/subject.js'
import { plus, saturated } from '../domain/whole-number.js'
import type { Window } from '../domain/window.js'

/** The total capacity of all providers for one metric and window. */
export interface Total {
  readonly metric: Metric
  readonly window: Window
  readonly max: number
  readonly used: number
  readonly remaining: number
}

/**
 * Sums the enforced limits on every call, each once: a pool's limit counts once for all its providers. Limits by model
 * or without a max, and those of calls in flight, are excluded.
 */
export function totalsOf(providers: readonly ProviderStats[]): readonly Total[] {
  const counted = new BySubject<Set<string>>()
  const totals = new Map<string, Total>()
  for (const { limits } of providers) {
    for (const limit of limits) {
      const { window } = limit
      if (window === null || limit.model !== null || limit.max === null || limit.mode !== 'enforce') continue
      const ids = counted.get(limit.subject) ?? new Set<string>()
      if (ids.has(limit.id)) continue
      counted.set(limit.subject, ids.add(limit.id))
      const key = `${limit.metric}\n${window}`
      totals.set(key, withLimit(totals.get(key), { ...limit, window }))
    }
  }
  return [...totals.values()].sort(
    (left, right) =>
      metrics.indexOf(left.metric) - metrics.indexOf(right.metric) || compareText(left.window, right.window),
  )
}

function withLimit(total: Total | undefined, limit: LimitState & { readonly window: Window }): Total {
  const { metric, window, max, used, observed, remaining } = limit
  return {
    metric,
    window,
    max: saturated(plus(total?.max ?? 0, max ?? 0)),
    used: saturated(plus(total?.used ?? 0, plus(used, observed))),
    remaining: saturated(plus(total?.remaining ?? 0, remaining ?? 0)),
  }
}
