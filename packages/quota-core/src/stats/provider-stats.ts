import { currentCounter, knownProvider, type LimitCounter, subjectOf } from '../decide/call-counters.js'
import { namedModelsOf } from '../decide/needs/concerned-models.js'
import { dateAt } from '../domain/calendar.js'
import { subjectsOfProvider } from '../domain/call-subjects.js'
import { type Counter, counterAt, emptyCounter } from '../domain/counter.js'
import { saturatedCounts } from '../domain/counts.js'
import { isoInstantOrNull } from '../domain/instant.js'
import { concernsModel, type VersionedLimit } from '../domain/limit.js'
import type { ProviderStats } from '../domain/outcome.js'
import type { Provider } from '../domain/owner.js'
import type { QuotaState } from '../domain/state.js'
import { compareText, providerRef, type Subject } from '../domain/subject.js'
import { limitState } from './limit-state.js'
import { newestCounters } from './listed-models.js'
import { allModelsGone, type ModelEntry, modelStates } from './model-states.js'
import { availableAtMs, coolingUntilMs, isFull, latestOf, quotaStatus } from './standing.js'
import { worstDailyLimit } from './worst-daily-limit.js'

/**
 * The state of a provider's quota at the instant. Status, availability and daily figures are those of the limits on
 * every call. Limits by model show under `models`, and disable the provider only if none of its models is left. Due
 * attempts must be expired in the state.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function providerStats(state: QuotaState, providerName: string, nowMs: number): ProviderStats {
  return statsListing(state, { providerName, called: null }, nowMs)
}

/**
 * Stats after a call: lists only models named in settings and the called one (`''` for none). Reads only the counters
 * that {@link concernedModels} names.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function statsAfterCall(
  state: QuotaState,
  { providerName, model }: { readonly providerName: string; readonly model: string },
  nowMs: number,
): ProviderStats {
  return statsListing(state, { providerName, called: model }, nowMs)
}

/** Which models the stats list besides those named in settings. */
interface Listing {
  readonly providerName: string
  /** The called model, `''` for none; null for those called last. */
  readonly called: string | null
}

function statsListing(state: QuotaState, { providerName, called }: Listing, nowMs: number): ProviderStats {
  const provider = knownProvider(state, providerName)
  const own = subjectOf(state, providerRef(providerName))
  const date = dateAt(own, nowMs)
  const { entries, modelsLeftOut } = limitCounters(state, { provider, called }, nowMs)
  const general = entries.filter(entry => entry.limit.model === null)
  const models = modelStates(state, provider, entries, nowMs)
  const off = obstacle(state, provider, general, { models, nowMs })
  return {
    providerName,
    date,
    ...saturatedCounts(state.usage(providerName, date)),
    ...worstDailyLimit(general),
    status: off?.disables ? 'disabled' : quotaStatus(general),
    disabledBy: off?.disables ? off.by : null,
    available: off === null,
    availableAt: off === null ? null : isoInstantOrNull(off.untilMs),
    limits: entries.map(limitState),
    models: models.map(({ model, status, availableAtMs }) => ({
      model,
      status,
      availableAt: isoInstantOrNull(availableAtMs),
    })),
    modelsLeftOut,
  }
}

/** Every limit of the provider and its pool with its counters: one, or one for each listed model. */
function limitCounters(
  state: QuotaState,
  { provider, called }: { readonly provider: Provider; readonly called: string | null },
  nowMs: number,
): { readonly entries: readonly LimitCounter[]; readonly modelsLeftOut: number | null } {
  const entries: LimitCounter[] = []
  let modelsLeftOut = 0
  for (const ref of subjectsOfProvider(state, provider.name)) {
    const subject = subjectOf(state, ref)
    for (const limit of subject.limits) {
      if (limit.per === null) {
        entries.push({ subject, limit, counter: currentCounter(state, subject, limit, '', nowMs) })
        continue
      }
      const named = namedModelsOf(limit, provider.models)
      const { counters, leftOut } =
        called === null
          ? newestModels(state, subject, limit, named)
          : { counters: modelsOfCall(state, subject, limit, { named, called }), leftOut: 0 }
      modelsLeftOut = Math.max(modelsLeftOut, leftOut)
      for (const counter of counters) {
        entries.push({ subject, limit, counter: counterAt(counter, limit, subject, nowMs) })
      }
    }
  }
  return { entries, modelsLeftOut: called === null ? modelsLeftOut : null }
}

/** The counters of models named in settings and of those called last. */
function newestModels(
  state: QuotaState,
  subject: Subject,
  limit: VersionedLimit,
  named: readonly string[],
): { readonly counters: readonly Counter[]; readonly leftOut: number } {
  const isNamed = new Set(named)
  const { newest, count } = state.countersOfLimit(subject, limit.id)
  const others: Counter[] = []
  for (const counter of newest) if (!isNamed.has(counter.model)) others.push(counter)
  const listed = newestCounters(others)
  const known = named.filter(model => state.counter(subject, limit.id, model) !== undefined).length
  const counters = named.map(model => storedCounter(state, subject, limit, model))
  return { counters: [...counters, ...listed].sort(byModel), leftOut: count - known - listed.length }
}

/** The counters of models named in settings and of the called model, unless that one is empty. */
function modelsOfCall(
  state: QuotaState,
  subject: Subject,
  limit: VersionedLimit,
  { named, called }: { readonly named: readonly string[]; readonly called: string },
): readonly Counter[] {
  const counters = named.map(model => storedCounter(state, subject, limit, model))
  if (!named.includes(called) && concernsModel(limit, called)) {
    const own = state.counter(subject, limit.id, called)
    if (own !== undefined) counters.push(own)
  }
  return counters.sort(byModel)
}

function storedCounter(state: QuotaState, subject: Subject, limit: VersionedLimit, model: string): Counter {
  return state.counter(subject, limit.id, model) ?? emptyCounter(subject, limit, model)
}

function byModel(left: Counter, right: Counter): number {
  return compareText(left.model, right.model)
}

/** Why a call of one unit would be denied. */
interface Obstacle {
  readonly by: 'admin' | 'vendor' | 'quota'
  /** Whether the status is `disabled`; not for a spent minute or held units. */
  readonly disables: boolean
  /** Null if it does not end by itself. */
  readonly untilMs: number | null
}

/** The most important obstacle: disabled by an admin, then refused by the vendor, then spent quota, then a pause. */
function obstacle(
  state: QuotaState,
  provider: Provider,
  general: readonly LimitCounter[],
  { models, nowMs }: { readonly models: readonly ModelEntry[]; readonly nowMs: number },
): Obstacle | null {
  if (!provider.enabled || provider.removedAtMs !== null)
    return { by: 'admin', disables: true, untilMs: null }
  const spent = general.filter(isFull)
  const cooling = coolingUntilMs(state, provider, '', nowMs)
  const modelsGone = allModelsGone(provider, models)
  const untilMs = latestOf([
    ...(cooling === null ? [] : [cooling]),
    ...spent.map(availableAtMs),
    ...(modelsGone === null ? [] : [modelsGone.untilMs]),
  ])
  if (cooling !== null) return { by: 'vendor', disables: true, untilMs }
  if (spent.length === 0 && modelsGone === null) return null
  const disables = modelsGone?.disables === true || quotaStatus(general) === 'disabled'
  return { by: 'quota', disables, untilMs }
}
