import { type ModelGuide, namedModelsOf } from '../decide/needs/concerned-models.js'
import { subjectsOfProvider } from '../domain/call-subjects.js'
import { type Counter, counterKey } from '../domain/counter.js'
import type { SubjectRef } from '../domain/subject.js'

/**
 * How many models of a limit answers list beside those that somebody has named in a setting: names come from callers,
 * who may invent thousands of them.
 */
const maxListedModels = 100

/** Of these counters of single models those that were touched last, at most {@link maxListedModels}. */
export function newestCounters(counters: readonly Counter[]): readonly Counter[] {
  if (counters.length <= maxListedModels) return counters
  // A threshold rather than an order of them all: this is part of every answer to a settlement.
  const instants = Float64Array.from(counters, counter => counter.atMs).sort()
  const oldestMs = instants[instants.length - maxListedModels] ?? 0
  const newer = counters.filter(counter => counter.atMs > oldestMs)
  const asOld = counters.filter(counter => counter.atMs === oldestMs)
  return [...newer, ...asOld.slice(0, maxListedModels - newer.length)]
}

/** A limit that tells models apart, and how many of its counters stats need: those that were touched last. */
export interface ListedLimit {
  readonly subject: SubjectRef
  readonly limitId: string
  readonly maxCounters: number
}

/** What the stats of these providers list of single models. Those that settings name are left out of the hundred. */
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
