import { type ModelGuide, namedModelsOf } from '../decide/needs/concerned-models.js'
import { subjectsOfProvider } from '../domain/call-subjects.js'
import { type Counter, counterKey } from '../domain/counter.js'
import type { SubjectRef } from '../domain/subject.js'

/**
 * Most models per limit that answers list besides those named in settings: names come from callers, who may invent
 * thousands.
 */
const maxListedModels = 100

/** The most recently used of these counters, at most {@link maxListedModels}. */
export function newestCounters(counters: readonly Counter[]): readonly Counter[] {
  if (counters.length <= maxListedModels) return counters
  // Selects by a threshold instead of sorting all: this is part of every answer to a settlement.
  const instants = Float64Array.from(counters, counter => counter.atMs).sort()
  const oldestMs = instants[instants.length - maxListedModels] ?? 0
  const newer = counters.filter(counter => counter.atMs > oldestMs)
  const asOld = counters.filter(counter => counter.atMs === oldestMs)
  return [...newer, ...asOld.slice(0, maxListedModels - newer.length)]
}

/** A limit per model, and how many of its most recently used counters stats need. */
export interface ListedLimit {
  readonly subject: SubjectRef
  readonly limitId: string
  readonly maxCounters: number
}

/**
 * The limits per model that the stats of these providers list. Models named in settings do not count towards the 100.
 */
export function listedLimits(state: ModelGuide, providerNames: Iterable<string>): readonly ListedLimit[] {
  const named = new Map<string, { readonly limit: ListedLimit; readonly models: Set<string> }>()
  for (const providerName of providerNames) {
    const provider = state.provider(providerName)
    for (const subject of subjectsOfProvider(state, providerName)) {
      for (const limit of state.subject(subject)?.limits ?? []) {
        if (limit.per === null) continue
        const key = counterKey(subject, limit.id, '')
        const found = named.get(key) ?? {
          limit: { subject, limitId: limit.id, maxCounters: maxListedModels },
          models: new Set<string>(),
        }
        for (const model of namedModelsOf(limit, provider?.models ?? [])) found.models.add(model)
        named.set(key, found)
      }
    }
  }
  return [...named.values()].map(({ limit, models }) => ({
    ...limit,
    maxCounters: maxListedModels + models.size,
  }))
}

/** The limits per model or user that the stats of these subjects list. */
export function listedLimitsOf(
  state: Pick<ModelGuide, 'subject'>,
  subjects: readonly SubjectRef[],
): readonly ListedLimit[] {
  return subjects.flatMap(({ kind, name }) => {
    const subject: SubjectRef = { kind, name }
    const apart = (state.subject(subject)?.limits ?? []).filter(({ per }) => per !== null)
    return apart.map(({ id }) => ({ subject, limitId: id, maxCounters: maxListedModels }))
  })
}
