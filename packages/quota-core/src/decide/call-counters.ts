import { type Counter, counterAt, emptyCounter } from '../domain/counter.js'
import { type CountedBy, concernsModel, counterModel, type VersionedLimit } from '../domain/limit.js'
import type { Owner, Provider } from '../domain/owner.js'
import { QuotaError } from '../domain/quota-error.js'
import type { QuotaState } from '../domain/state.js'
import { providerRef, type Subject, type SubjectRef } from '../domain/subject.js'

/** A limit that applies to a call, with its current counter. */
export interface LimitCounter {
  readonly subject: Subject
  readonly limit: VersionedLimit
  readonly counter: Counter
}

/** The properties of a call that determine which limits apply to it. */
export interface Call extends CountedBy {
  readonly subjects: readonly SubjectRef[]
}

/** Every limit that applies to the call, in the order of its subjects. */
export function countersOfCall(state: QuotaState, call: Call, nowMs: number): readonly LimitCounter[] {
  const found: LimitCounter[] = []
  for (const ref of call.subjects) {
    const subject = subjectOf(state, ref)
    for (const limit of subject.limits) {
      if (!concernsModel(limit, call.model)) continue
      found.push({
        subject,
        limit,
        counter: currentCounter(state, subject, limit, counterModel(limit, call), nowMs),
      })
    }
  }
  return found
}

/** The current counter of a limit; an empty one if nothing was counted. */
export function currentCounter(
  state: QuotaState,
  subject: Subject,
  limit: VersionedLimit,
  model: string,
  nowMs: number,
): Counter {
  const counter = state.counter(subject, limit.id, model) ?? emptyCounter(subject, limit, model)
  return counterAt(counter, limit, subject, nowMs)
}

/**
 * The subject's row.
 * @throws Error if the store has not loaded it, which is a bug of the store
 */
export function subjectOf(state: QuotaState, ref: SubjectRef): Subject {
  const subject = state.subject(ref)
  if (subject === undefined)
    throw new Error(`the store has no ${ref.kind} "${ref.name}" although it is referenced`)
  return subject
}

/**
 * The owner, removed or not.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_POOL
 */
export function knownOwner(state: QuotaState, ref: SubjectRef, field: string): Owner {
  const owner = state.owner(ref)
  if (owner !== undefined) return owner
  const { kind, name } = ref
  throw new QuotaError(
    state.kinds.of(kind).unknownCode,
    `unknown ${kind} "${name}"; add it first, or name an existing one`,
    { field },
  )
}

/**
 * The owner, if it is in use.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_POOL
 */
export function liveOwner(state: QuotaState, ref: SubjectRef, field: string): Owner {
  const owner = knownOwner(state, ref, field)
  if (owner.removedAtMs !== null) throwRemoved(state, owner, field)
  return owner
}

function throwRemoved(state: QuotaState, { kind, name }: SubjectRef, field: string): never {
  throw new QuotaError(
    state.kinds.of(kind).unknownCode,
    `${kind} "${name}" has been removed; adding it again restores it`,
    { field },
  )
}

/**
 * The provider, removed or not.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function knownProvider(state: QuotaState, name: string, field: string = 'providerName'): Provider {
  return state.provider(name) ?? notProvider(knownOwner(state, providerRef(name), field))
}

/**
 * The provider, if it is in use.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function liveProvider(state: QuotaState, name: string, field: string = 'providerName'): Provider {
  const provider = knownProvider(state, name, field)
  if (provider.removedAtMs !== null) throwRemoved(state, provider, field)
  return provider
}

function notProvider({ kind, name }: Owner): never {
  throw new Error(`the store has ${kind} "${name}" in the place of a provider`)
}
