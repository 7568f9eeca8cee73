import assert from 'node:assert/strict'
import {
  type LimitState,
  providerStats,
  type QuotaState,
  type SubjectRef,
  stateOfCounter,
} from '@quotakeeper/quota-core'
import { type NaiveCounter, type NaiveModel, type NaiveStanding, naiveKey } from './naive-model.js'
import { ownerRefs, poolName, teamRef } from './subject-refs.js'

/** A counter of the store, and where the model has it. */
export interface ShownFigures {
  readonly place: NaiveCounter
  readonly standing: NaiveStanding
}

const nothing: NaiveStanding = { used: 0, held: 0, observed: 0 }

/** The limits of a provider and its pool. */
export function figuresOfProvider(
  model: NaiveModel,
  state: QuotaState,
  name: string,
  nowMs: number,
): readonly ShownFigures[] {
  return providerStats(state, name, nowMs).limits.map(shown => figuresOf(model, shown))
}

/** Every counter that a team may have. */
export function figuresOfTeam(
  model: NaiveModel,
  state: QuotaState,
  name: string,
  nowMs: number,
): readonly ShownFigures[] {
  const stored = countersOf(state, teamRef(name)).flatMap(counter =>
    stateOfCounter(state, counter, nowMs).map(shown => figuresOf(model, shown)),
  )
  const standings = new Map(stored.map(({ place, standing }) => [naiveKey(place), standing]))
  const owner = `consumer ${name}`
  const subject = model.subject(owner)
  const places = subject.limits.flatMap(limit =>
    model.countersOf(limit).map(counter => ({ owner, subject, limit, counter })),
  )
  // A missing counter is 0.
  return places.map(place => ({ place, standing: standings.get(naiveKey(place)) ?? nothing }))
}

/** When each stored counter last moved, by the keys of the model. */
export function counterInstants(state: QuotaState): Map<string, number> {
  const refs = [{ kind: 'pool', name: poolName } as const, ...ownerRefs]
  return new Map(
    refs.flatMap(ref =>
      [...countersOf(state, ref)].flatMap(counter =>
        stateOfCounter(state, counter, counter.atMs).map(({ id, subject: { kind, name }, model, user }) => {
          const per = state.subject(ref)?.limits.find(limit => limit.id === id)?.per ?? null
          return [`${kind} ${name} ${id} ${keyOf(per, { model, user })}`, counter.atMs] as const
        }),
      ),
    ),
  )
}

/** The counters of a subject. For a limit that counts apart, the shared one only keeps its time, or its users. */
function countersOf(state: QuotaState, ref: SubjectRef) {
  const apart = new Set(state.subject(ref)?.limits.flatMap(({ id, per }) => (per === null ? [] : [id])))
  return [...state.counters(ref)].filter(({ limitId, model }) => model !== '' || !apart.has(limitId))
}

function keyOf(
  per: 'model' | 'user' | null,
  { model, user }: { readonly model: string | null; readonly user: string | null },
): string {
  if (per === null) return ''
  return (per === 'model' ? model : user) ?? ''
}

function figuresOf(model: NaiveModel, shown: LimitState): ShownFigures {
  const owner = `${shown.subject.kind} ${shown.subject.name}`
  const subject = model.subject(owner)
  const limit = subject.limits.find(({ id }) => id === shown.id)
  assert.ok(limit)
  const { used, held, observed } = shown
  assert.ok(used >= 0 && held >= 0 && observed >= 0)
  return {
    place: { owner, subject, limit, counter: keyOf(limit.per, shown) },
    standing: { used, held, observed },
  }
}

/** Asserts that every figure of the store equals that of the model. */
export function expectSameFigures(model: NaiveModel, shown: readonly ShownFigures[], nowMs: number): void {
  for (const { place, standing } of shown) {
    if (model.knows(place)) assert.deepEqual(standing, model.standing(place, nowMs), naiveKey(place))
  }
}
