import type { AheadSubject } from '../domain/outcome.js'
import type { QuotaState } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'

/** Time for these subjects: the clock, or what they have already seen, should the clock have moved back. */
export function subjectTime(state: QuotaState, subjects: Iterable<SubjectRef>, clockMs: number): number {
  let nowMs = clockMs
  for (const ref of subjects) {
    const owner = ref.kind === 'pool' ? state.pool(ref.name) : state.provider(ref.name)
    if (owner !== undefined) nowMs = Math.max(nowMs, owner.updatedAtMs)
    for (const counter of state.counters(ref)) nowMs = Math.max(nowMs, counter.atMs)
  }
  return nowMs
}

/** A clock that is set right by so little catches up by itself before anybody has noticed. */
const toleranceMs = 1_000

/** The subjects in the state that are ahead of the clock by more than a second: its time was wrong when they were last written. */
export function aheadSubjects(state: QuotaState, clockMs: number): readonly AheadSubject[] {
  const refs: SubjectRef[] = []
  for (const { name } of state.pools()) refs.push({ kind: 'pool', name })
  for (const { name } of state.providers()) refs.push({ kind: 'provider', name })
  return refs.flatMap(ref => {
    const aheadMs = subjectTime(state, [ref], clockMs) - clockMs
    return aheadMs > toleranceMs ? [{ ...ref, aheadMs }] : []
  })
}
