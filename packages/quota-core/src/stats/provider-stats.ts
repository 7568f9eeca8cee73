import { currentCounter, knownProvider, type LimitCounter, subjectOf } from '../decide/call-counters.js'
import { dateAt } from '../domain/calendar.js'
import { type Counter, spentUnits } from '../domain/counter.js'
import { saturatedCounts } from '../domain/counts.js'
import { isGlob } from '../domain/glob.js'
import { isoInstantOrNull } from '../domain/instant.js'
import { concernsModel, type VersionedLimit } from '../domain/limit.js'
import type { ProviderStats } from '../domain/outcome.js'
import { type Provider, subjectsOfCall } from '../domain/provider.js'
import type { QuotaState } from '../domain/state.js'
import { compareText } from '../domain/subject.js'
import { isDaily } from '../domain/window.js'
import { limitState } from './limit-state.js'
import { newestCounters } from './listed-models.js'
import { allModelsGone, type ModelEntry, modelStates } from './model-states.js'
import { availableAtMs, coolingUntilMs, isFull, latestOf, quotaStatus } from './standing.js'

/**
 * All there is to say of a provider's quota at the instant. Status, availability and the daily figures
 * are those of the limits that concern every call; limits by model show under `models`, and switch the
 * provider off only when they leave none of its models. Attempts due must be expired in the state.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function providerStats(state: QuotaState, providerName: string, nowMs: number): ProviderStats {
  const provider = knownProvider(state, providerName)
  const own = subjectOf(state, { kind: 'provider', name: providerName })
  const date = dateAt(own, nowMs)
  const { entries, modelsLeftOut } = limitCounters(state, provider, nowMs)
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

/** Every limit of the provider and its pool with its counters: one each, or one for each of the models seen last. */
function limitCounters(
  state: QuotaState,
  provider: Provider,
  nowMs: number,
): { readonly entries: readonly LimitCounter[]; readonly modelsLeftOut: number } {
  const entries: LimitCounter[] = []
  let modelsLeftOut = 0
  for (const ref of subjectsOfCall({ providerName: provider.name, poolName: provider.pool })) {
    const subject = subjectOf(state, ref)
    for (const limit of subject.limits) {
      const { models, leftOut } = countedModels(state, provider, limit, subject)
      modelsLeftOut = Math.max(modelsLeftOut, leftOut)
      for (const model of models) {
        entries.push({ subject, limit, counter: currentCounter(state, subject, limit, model, nowMs) })
      }
    }
  }
  return { entries, modelsLeftOut }
}

function countedModels(
  state: QuotaState,
  provider: Provider,
  limit: VersionedLimit,
  subject: LimitCounter['subject'],
): { readonly models: readonly string[]; readonly leftOut: number } {
  if (limit.per === null) return { models: [''], leftOut: 0 }
  const models = new Set(provider.models.filter(served => !isGlob(served) && concernsModel(limit, served)))
  if (limit.model !== null && !isGlob(limit.model)) models.add(limit.model)
  const others: Counter[] = []
  for (const counter of state.counters(subject)) {
    if (counter.limitId === limit.id && !models.has(counter.model)) others.push(counter)
  }
  const listed = newestCounters(others)
  for (const { model } of listed) models.add(model)
  return { models: [...models].sort(compareText), leftOut: others.length - listed.length }
}

function worstDailyLimit(
  entries: readonly LimitCounter[],
): Pick<ProviderStats, 'quotaLimit' | 'remainingPercentage'> {
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

/** What keeps a call of one unit from being granted. */
interface Obstacle {
  readonly by: 'admin' | 'vendor' | 'quota'
  /** Whether it shows as status `disabled`; a spent minute, or units in flight, do not. */
  readonly disables: boolean
  /** Null when it does not end by itself. */
  readonly untilMs: number | null
}

/** The obstacle that weighs most: an admin's word, then the vendor's, then spent quota, then a pause. */
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
