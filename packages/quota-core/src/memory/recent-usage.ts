import { type Counts, mapCounts } from '../domain/counts.js'
import type { UsageDelta } from '../domain/usage.js'
import { type HourOfUsage, largestHourlySum, recentHoursMs } from '../forecast/recent-hours.js'

/** Hourly sums of the last hours, for forecasts. */
export class RecentUsage {
  readonly #byProvider = new Map<string, Map<string, HourOfUsage>>()

  /** Adds a usage change of a decision. */
  add({ providerName, hourStartMs, model, counts }: UsageDelta): void {
    const hours = this.#byProvider.get(providerName) ?? new Map<string, HourOfUsage>()
    this.#byProvider.set(providerName, hours)
    const key = `${hourStartMs}\n${model}`
    const known = hours.get(key)
    if (known === undefined) forgetBefore(hours, hourStartMs - recentHoursMs)
    hours.set(key, { providerName, hourStartMs, model, counts: boundedSum(known?.counts, counts) })
  }

  /** The hours of these providers that began at or after the instant. */
  since(fromMs: number, providerNames: readonly string[] | null): readonly HourOfUsage[] {
    const names = providerNames ?? [...this.#byProvider.keys()]
    return names.flatMap(name =>
      [...(this.#byProvider.get(name)?.values() ?? [])].filter(hour => hour.hourStartMs > fromMs),
    )
  }
}

/** Drops older hours, which forecasts no longer use, so that each provider keeps a few. */
function forgetBefore(hours: Map<string, HourOfUsage>, instantMs: number): void {
  for (const [key, { hourStartMs }] of hours) if (hourStartMs < instantMs) hours.delete(key)
}

function boundedSum(known: Counts | undefined, added: Counts): Counts {
  return mapCounts(name => {
    const exact = (known?.[name] ?? 0) + added[name]
    return Math.max(-largestHourlySum, Math.min(largestHourlySum, exact))
  })
}
