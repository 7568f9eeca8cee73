import type { LimitCounter } from '../decide/call-counters.js'
import { subjectsOfProvider } from '../domain/call-subjects.js'
import { coversPattern, isGlob } from '../domain/glob.js'
import { concernsModel } from '../domain/limit.js'
import type { ModelState } from '../domain/outcome.js'
import type { Provider } from '../domain/owner.js'
import type { QuotaState } from '../domain/state.js'
import { compareText } from '../domain/subject.js'
import { availableAtMs, coolingUntilMs, isFull, latestOf, quotaStatus } from './standing.js'

/** The current state of a model, or of a glob of models. */
export type ModelEntry = Omit<ModelState, 'availableAt'> & {
  readonly available: boolean
  /** Whether it is the name of a called model, even with stars in it, rather than a glob. */
  readonly isCalled: boolean
  readonly availableAtMs: number | null
}

/** Each model, or glob of models, with limits or cool-downs of its own. */
export function modelStates(
  state: QuotaState,
  provider: Provider,
  entries: readonly LimitCounter[],
  nowMs: number,
): readonly ModelEntry[] {
  const byModel = entries.filter(entry => entry.limit.model !== null)
  const names = new Set(
    byModel.flatMap(({ limit, counter }) => (counter.model === '' ? [limit.model ?? ''] : [])),
  )
  for (const served of provider.models) {
    if (!isGlob(served) && byModel.some(({ limit }) => concernsModel(limit, served))) names.add(served)
  }
  for (const ref of subjectsOfProvider(state, provider.name)) {
    for (const coolDown of state.coolDowns(ref)) {
      if (coolDown.model !== '' && coolDown.untilMs > nowMs) names.add(coolDown.model)
    }
  }
  const called = new Set(byModel.map(({ counter }) => counter.model).filter(model => !names.has(model)))
  called.delete('')
  return [...names, ...called].sort(compareText).map(model => {
    const own = byModel.filter(entry => concernsEntry(entry, model))
    const full = own.filter(isFull)
    const cooling = coolingUntilMs(state, provider, model, nowMs)
    const available = full.length === 0 && cooling === null
    const untilMs = latestOf([...full.map(availableAtMs), ...(cooling === null ? [] : [cooling])])
    const status = cooling === null ? quotaStatus(own) : 'disabled'
    const isCalled = called.has(model)
    return { model, status, available, isCalled, availableAtMs: available ? null : untilMs }
  })
}

function concernsEntry({ limit, counter }: LimitCounter, model: string): boolean {
  return counter.model === '' ? coversPattern(limit.model ?? '', model) : counter.model === model
}

/** The state in which every model of the provider is unavailable. */
interface AllGone {
  /** When the first of them returns; null if unknown. */
  readonly untilMs: number | null
  /** Whether all are spent or barred, rather than paused by a short window or calls in flight. */
  readonly disables: boolean
}

/** The state of a provider without an available model; null while one is available. */
export function allModelsGone(provider: Provider, models: readonly ModelEntry[]): AllGone | null {
  const gone = models.filter(entry => !entry.available)
  if (!coverAll(provider, gone)) return null
  const known = gone.flatMap(entry => (entry.availableAtMs === null ? [] : [entry.availableAtMs]))
  return {
    untilMs: known.length === 0 ? null : Math.min(...known),
    disables: coverAll(
      provider,
      gone.filter(entry => entry.status === 'disabled'),
    ),
  }
}

function coverAll(provider: Provider, entries: readonly ModelEntry[]): boolean {
  return provider.models.every(served =>
    entries.some(entry =>
      entry.isCalled ? entry.model === served && !isGlob(served) : coversPattern(entry.model, served),
    ),
  )
}
