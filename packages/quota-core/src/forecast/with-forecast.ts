import { activeGrants } from '../domain/grant.js'
import { concernsModel, type Limit } from '../domain/limit.js'
import type { ForecastLimit, ForecastStats, LimitState, ProviderStats } from '../domain/outcome.js'
import { providersUnder } from '../domain/related-providers.js'
import type { QuotaState } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'
import { exhaustsAtMs } from './exhausts-at.js'
import { type HourOfUsage, unitsInLastHour } from './recent-hours.js'

/** Inputs of a forecast: the state of the stats, its instant, and the recent hours. */
export interface ForecastBasis {
  readonly state: QuotaState
  readonly nowMs: number
  readonly hours: HoursByProvider
}

/** Hours of usage by the provider's name. */
export type HoursByProvider = ReadonlyMap<string, readonly HourOfUsage[]>

const noHours: readonly HourOfUsage[] = []

/** Groups the hours by provider. */
export function hoursByProvider(hours: readonly HourOfUsage[]): HoursByProvider {
  const byName = new Map<string, HourOfUsage[]>()
  for (const hour of hours) {
    const known = byName.get(hour.providerName)
    if (known === undefined) byName.set(hour.providerName, [hour])
    else known.push(hour)
  }
  return byName
}

/** Adds to each limit when it runs out; a pool's limits use the pace of all its members. */
export function withForecast(stats: ProviderStats, { state, nowMs, hours }: ForecastBasis): ForecastStats {
  const hoursOf = (subject: SubjectRef): readonly HourOfUsage[] =>
    providersUnder(state, subject).flatMap(name => hours.get(name) ?? noHours)
  return { ...stats, limits: stats.limits.map(limit => forecastLimit(limit, { state, nowMs, hoursOf })) }
}

/** When a limit runs out at the pace of the hours of its subject. */
export function forecastLimit(
  standing: LimitState,
  {
    state,
    nowMs,
    hoursOf,
  }: Omit<ForecastBasis, 'hours'> & {
    readonly hoursOf: (subject: SubjectRef) => readonly HourOfUsage[]
  },
): ForecastLimit {
  const { window, used, observed, remaining } = standing
  const subject = state.subject(standing.subject)
  const limit = subject?.limits.find(({ id }) => id === standing.id)
  // Hours do not tell users apart.
  if (subject === undefined || limit === undefined || limit.per === 'user') return reported(standing, null)
  const counts = { limit, model: standing.model }
  let unitsUsed = 0
  for (const hour of hoursOf(subject))
    if (isCounted(hour, counts)) unitsUsed += unitsInLastHour(hour, limit, nowMs)
  const unitsOfLastHour = Math.max(0, unitsUsed)
  const spent = used + observed
  // Grants are in what remains; a rolling limit refills at its max alone.
  const grants = activeGrants(limit, nowMs)
  const course = { window, max: limit.max, remaining, spent, grants, unitsOfLastHour }
  const atMs = exhaustsAtMs(course, subject, nowMs)
  // Not `isoInstant`, which caches the few instants that repeat: this one differs for each limit.
  return reported(standing, atMs === null ? null : new Date(atMs).toISOString())
}

/** Copies field by field: spreading 2,000 limits took 2 ms of the stats of 1,000 providers. */
function reported(standing: LimitState, exhaustsAt: string | null): ForecastLimit {
  return {
    id: standing.id,
    subject: standing.subject,
    metric: standing.metric,
    window: standing.window,
    model: standing.model,
    user: standing.user,
    max: standing.max,
    grants: standing.grants,
    used: standing.used,
    held: standing.held,
    observed: standing.observed,
    remaining: standing.remaining,
    resetsAt: standing.resetsAt,
    exhaustsAt,
    mode: standing.mode,
    source: standing.source,
    vendor: standing.vendor,
  }
}

/** Whether the limit counts calls to the model; if it has a counter per model, whether this counter does. */
function isCounted(
  hour: HourOfUsage,
  { limit, model }: { readonly limit: Limit; readonly model: string | null },
): boolean {
  return limit.per === 'model' ? hour.model === model : concernsModel(limit, hour.model)
}
