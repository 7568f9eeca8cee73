import type { ConsumerStats, ForecastStats } from '@quotakeeper/quota-core'
import { Gauge, type Registry } from 'prom-client'
import { fullestLimits, limitsOfConsumers, remainingRatio } from './listed-limits.js'

/** Most limits of providers and pools with gauges. */
const maxLimitsListed = 2_000
/** Most limits of consumers with gauges. */
const maxLimitsOfConsumers = 10_000

const labelNames = ['kind', 'subject', 'limit'] as const

/** Gauges of limits at the time of a scrape. */
export class LimitGauges {
  readonly #used: Gauge<(typeof labelNames)[number]>
  readonly #max: Gauge<(typeof labelNames)[number]>
  readonly #held: Gauge<(typeof labelNames)[number]>
  readonly #remainingRatio: Gauge<(typeof labelNames)[number]>
  readonly #drift: Gauge<(typeof labelNames)[number]>
  readonly #exhausts: Gauge<(typeof labelNames)[number]>
  readonly #leftOut: Gauge
  readonly #maxConsumers: number

  /** @param maxConsumers most consumers with gauges; the others are summed */
  constructor(registry: Registry, { maxConsumers }: { readonly maxConsumers: number }) {
    this.#maxConsumers = maxConsumers
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
      help: `Limits beyond the first ${maxLimitsListed}, or ${maxLimitsOfConsumers} of consumers, which are not listed`,
      registers: [registry],
    })
  }

  /** Replaces all gauges by these limits. */
  set(
    {
      providers,
      consumers,
    }: { readonly providers: readonly ForecastStats[]; readonly consumers: readonly ConsumerStats[] },
    nowMs: number,
  ): void {
    for (const gauge of [
      this.#used,
      this.#max,
      this.#held,
      this.#remainingRatio,
      this.#drift,
      this.#exhausts,
    ])
      gauge.reset()
    const ofProviders = fullestLimits(providers)
    const ofConsumers = limitsOfConsumers(consumers, this.#maxConsumers)
    // Sums are last, and kept.
    const listed = [...ofProviders.slice(0, maxLimitsListed), ...ofConsumers.slice(-maxLimitsOfConsumers)]
    this.#leftOut.set(ofProviders.length + ofConsumers.length - listed.length)
    for (const { labels, limit } of listed) {
      this.#used.set(labels, limit.used + limit.observed)
      this.#held.set(labels, limit.held)
      if (limit.vendor !== null) this.#drift.set(labels, limit.vendor.drift)
      if (limit.max === null) continue
      this.#max.set(labels, limit.max)
      this.#remainingRatio.set(labels, remainingRatio(limit))
      const { exhaustsAt } = limit
      if (exhaustsAt === undefined) continue
      const seconds = exhaustsAt === null ? -1 : Math.max(0, Date.parse(exhaustsAt) - nowMs) / 1_000
      this.#exhausts.set(labels, seconds)
    }
  }
}
