import { compareText, type ForecastLimit, type ForecastStats } from '@quotakeeper/quota-core'
import { Gauge, type Registry } from 'prom-client'

/**
 * Most limits with gauges. Names of models, consumers and requests are not labels, since callers choose them: a limit
 * per model has one gauge, that of its fullest model.
 */
const maxLimitsListed = 2_000

const labelNames = ['kind', 'subject', 'limit'] as const
type Labels = Readonly<Record<(typeof labelNames)[number], string>>

/** Gauges of limits at the time of a scrape. */
export class LimitGauges {
  readonly #used: Gauge<(typeof labelNames)[number]>
  readonly #max: Gauge<(typeof labelNames)[number]>
  readonly #held: Gauge<(typeof labelNames)[number]>
  readonly #remainingRatio: Gauge<(typeof labelNames)[number]>
  readonly #drift: Gauge<(typeof labelNames)[number]>
  readonly #exhausts: Gauge<(typeof labelNames)[number]>
  readonly #leftOut: Gauge

  constructor(registry: Registry) {
    const gauge = (name: string, help: string): Gauge<(typeof labelNames)[number]> =>
      new Gauge({ name, help, labelNames, registers: [registry] })
    this.#used = gauge('quotakeeper_limit_used', 'Units used, including those that the vendor reported')
    this.#max = gauge('quotakeeper_limit_max', 'Units per window; only for limits that have a maximum')
    this.#held = gauge('quotakeeper_limit_held', 'Units held by calls in flight')
    this.#remainingRatio = gauge(
      'quotakeeper_limit_remaining_ratio',
      'Fraction left, 0 to 1, ignoring held units',
    )
    this.#drift = gauge(
      'quotakeeper_limit_drift',
      'Units that the vendor last counted beyond ours; negative: we counted more',
    )
    this.#exhausts = gauge(
      'quotakeeper_limit_exhausts_seconds',
      'Time until it runs out at the current rate; -1: it lasts',
    )
    this.#leftOut = new Gauge({
      name: 'quotakeeper_limits_left_out',
      help: `Limits beyond the first ${maxLimitsListed}, which are not listed`,
      registers: [registry],
    })
  }

  /** Replaces all gauges by these limits. */
  set(providers: readonly ForecastStats[], nowMs: number): void {
    for (const gauge of [
      this.#used,
      this.#max,
      this.#held,
      this.#remainingRatio,
      this.#drift,
      this.#exhausts,
    ])
      gauge.reset()
    const limits = fullestOf(providers)
    this.#leftOut.set(Math.max(0, limits.length - maxLimitsListed))
    for (const { labels, limit } of limits.slice(0, maxLimitsListed)) {
      this.#used.set(labels, limit.used + limit.observed)
      this.#held.set(labels, limit.held)
      if (limit.vendor !== null) this.#drift.set(labels, limit.vendor.drift)
      if (limit.max === null) continue
      this.#max.set(labels, limit.max)
      this.#remainingRatio.set(labels, remainingRatio(limit))
      const { exhaustsAt } = limit
      const seconds = exhaustsAt === null ? -1 : Math.max(0, Date.parse(exhaustsAt) - nowMs) / 1_000
      this.#exhausts.set(labels, seconds)
    }
  }
}

interface ListedLimit {
  readonly labels: Labels
  readonly limit: ForecastLimit
}

/** Each limit once, including those of pools, ordered by labels. */
function fullestOf(providers: readonly ForecastStats[]): readonly ListedLimit[] {
  const fullest = new Map<string, ListedLimit>()
  for (const limit of providers.flatMap(({ limits }) => limits)) {
    const labels = { kind: limit.subject.kind, subject: limit.subject.name, limit: limit.id }
    const key = `${labels.kind}\n${labels.subject}\n${labels.limit}`
    const known = fullest.get(key)
    if (known === undefined || remainingRatio(limit) < remainingRatio(known.limit)) {
      fullest.set(key, { labels, limit })
    }
  }
  return [...fullest].sort(([left], [right]) => compareText(left, right)).map(([, reported]) => reported)
}

function remainingRatio({ max, used, observed }: ForecastLimit): number {
  if (max === null) return 1
  return max === 0 ? 0 : Math.max(0, max - used - observed) / max
}
