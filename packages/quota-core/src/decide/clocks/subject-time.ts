import type { Counter } from '../../domain/counter.js'
import type { AheadSubject } from '../../domain/outcome.js'
import type { QuotaState, SubjectModels } from '../../domain/state.js'
import { compareSubjects, type SubjectRef } from '../../domain/subject.js'

/**
 * Time for these subjects: the clock, or what they have already seen, should the clock have moved back. What is called
 * of a model moves a counter that models share, see `keepTime`: the models that are not concerned need not be asked.
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

/** A clock that is set right by so little catches up by itself before anybody has noticed. */
const toleranceMs = 1_000

/** The subjects in the state that are ahead of the clock by more than a second: its time was wrong when they were last written. */
export function aheadSubjects(state: QuotaState, clockMs: number): readonly AheadSubject[] {
  return [...state.owners()].sort(compareSubjects).flatMap(({ kind, name }) => {
    const ref: SubjectRef = { kind, name }
    const aheadMs = subjectTime(state, [{ ...ref, models: [] }], clockMs) - clockMs
    return aheadMs > toleranceMs ? [{ ...ref, aheadMs }] : []
  })
}
