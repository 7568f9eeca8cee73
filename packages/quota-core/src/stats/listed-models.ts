import type { Counter } from '../domain/counter.js'

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
