import type { Counter } from '../../domain/counter.js'
import type { AheadSubject } from '../../domain/outcome.js'
import type { QuotaState, SubjectModels } from '../../domain/state.js'
import { compareSubjects, type SubjectRef } from '../../domain/subject.js'

/**
 * The time of these subjects: the clock, or the latest time they recorded if the clock moved back. Every call also
 * moves a shared counter (see `keepTime`), so counters of other models need not be read.
 */
export function subjectTime(state: QuotaState, concerned: Iterable<SubjectModels>, clockMs: number): number {
  let nowMs = clockMs
  for (const ref of concerned) {
    const owner = state.owner(ref)
    if (owner !== undefined) nowMs = Math.max(nowMs, owner.updatedAtMs)
    if (ref.models === 'all') nowMs = latestOf(state.counters(ref), nowMs)
    else {
      nowMs = latestOf(state.countersOfModel(ref, ''), nowMs)
      for (const model of ref.models) nowMs = latestOf(state.countersOfModel(ref, model), nowMs)
    }
  }
  return nowMs
}

function latestOf(counters: Iterable<Counter>, instantMs: number): number {
  let latestMs = instantMs
  for (const { atMs } of counters) latestMs = Math.max(latestMs, atMs)
  return latestMs
}

/** A smaller clock correction needs no action: the clock catches up by itself. */
const toleranceMs = 1_000

/** The subjects more than a second ahead of the clock: the clock was wrong when they were last written. */
export function aheadSubjects(state: QuotaState, clockMs: number): readonly AheadSubject[] {
  return [...state.owners()].sort(compareSubjects).flatMap(({ kind, name }) => {
    const ref: SubjectRef = { kind, name }
    const aheadMs = subjectTime(state, [{ ...ref, models: [] }], clockMs) - clockMs
    return aheadMs > toleranceMs ? [{ ...ref, aheadMs }] : []
  })
}
