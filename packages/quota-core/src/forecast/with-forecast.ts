import { concernsModel, type Limit } from '../domain/limit.js'
import type { ForecastLimit, ForecastStats, LimitState, ProviderStats } from '../domain/outcome.js'
import type { QuotaState } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'
import { exhaustsAtMs } from './exhausts-at.js'
import { type HourOfUsage, unitsOfLastHour } from './recent-hours.js'

/** What a forecast goes by: the state that the stats are of, its instant, and the hours before. */
export interface ForecastBasis {
  readonly state: QuotaState
  readonly nowMs: number
  readonly hours: HoursByProvider
}

/** Hours of usage by the provider's name. */
export type HoursByProvider = ReadonlyMap<string, readonly HourOfUsage[]>

/** The hours, to be looked up for each provider. */
export function hoursByProvider(hours: readonly HourOfUsage[]): HoursByProvider {
  const byName = new Map<string, HourOfUsage[]>()
  for (const hour of hours) {
    const known = byName.get(hour.providerName)
    if (known === undefined) byName.set(hour.providerName, [hour])
    else known.push(hour)
  }
  return byName
}

/** The stats, and of each limit when it runs out; a pool's limits by what all of its members use. */
export function withForecast(stats: ProviderStats, basis: ForecastBasis): ForecastStats {
  return { ...stats, limits: stats.limits.map(limit => forecastLimit(limit, basis)) }
}

function forecastLimit(standing: LimitState, { state, nowMs, hours }: ForecastBasis): ForecastLimit {
  const { window, max, used, observed, remaining } = standing
  const subject = state.subject(standing.subject)
  const limit = subject?.limits.find(({ id }) => id === standing.id)
  if (subject === undefined || limit === undefined) return { ...standing, exhaustsAt: null }
  const concerned = concernedHours(namesOf(state, subject), limit, { hours, model: standing.model })
  const atMs = exhaustsAtMs(
    {
      window,
      max,
      remaining,
      spent: used + observed,
      unitsOfLastHour: unitsOfLastHour(concerned, limit, nowMs),
    },
    subject,
    nowMs,
  )
  // Not by isoInstant, which remembers the few instants that are told often: this one differs at each limit.
  return { ...standing, exhaustsAt: atMs === null ? null : new Date(atMs).toISOString() }
}

function namesOf(state: QuotaState, { kind, name }: SubjectRef): readonly string[] {
  return kind === 'pool' ? state.poolMembers(name) : [name]
}

/** The hours of calls that the limit counts; with one counter for each model, those of this model. */
function* concernedHours(
  providerNames: readonly string[],
  limit: Limit,
  { hours, model }: { readonly hours: HoursByProvider; readonly model: string | null },
): Iterable<HourOfUsage> {
  for (const providerName of providerNames) {
    for (const hour of hours.get(providerName) ?? []) {
      const isCounted = limit.per === 'model' ? hour.model === model : concernsModel(limit, hour.model)
      if (isCounted) yield hour
    }
  }
}
