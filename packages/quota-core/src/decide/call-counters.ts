import { type Counter, counterAt, emptyCounter } from '../domain/counter.js'
import { concernsModel, counterModel, type VersionedLimit } from '../domain/limit.js'
import { type Pool, type Provider, subjectsOfCall } from '../domain/provider.js'
import { QuotaError } from '../domain/quota-error.js'
import type { QuotaState } from '../domain/state.js'
import type { Subject, SubjectRef } from '../domain/subject.js'

/** A limit that concerns a call, with its counter as it stands now. */
export interface LimitCounter {
  readonly subject: Subject
  readonly limit: VersionedLimit
  readonly counter: Counter
}

/** What tells which limits a call meets. */
export interface Call {
  readonly providerName: string
  readonly poolName: string | null
  /** `''` for a call without a model. */
  readonly model: string
}

/** Every limit that the call meets, of all its subjects, in their order. */
export function countersOfCall(state: QuotaState, call: Call, nowMs: number): readonly LimitCounter[] {
  const found: LimitCounter[] = []
  for (const ref of subjectsOfCall(call)) {
    const subject = subjectOf(state, ref)
    for (const limit of subject.limits) {
      if (!concernsModel(limit, call.model)) continue
      found.push({
        subject,
        limit,
        counter: currentCounter(state, subject, limit, counterModel(limit, call.model), nowMs),
      })
    }
  }
  return found
}

/** The counter of a limit as it stands now; an empty one where nothing has been counted. */
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
 * @throws Error when the store has not loaded it, which is a fault of the store.
 */
export function subjectOf(state: QuotaState, ref: SubjectRef): Subject {
  const subject = state.subject(ref)
  if (subject === undefined)
    throw new Error(`the store has no ${ref.kind} "${ref.name}" though it is referred to`)
  return subject
}

/**
 * The provider, removed or not.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function knownProvider(state: QuotaState, name: string, field: string = 'providerName'): Provider {
  const provider = state.provider(name)
  if (provider !== undefined) return provider
  throw new QuotaError(
    'UNKNOWN_PROVIDER',
    `there is no provider "${name}"; create it with providers.upsert`,
    { field },
  )
}

/**
 * The provider, if it is in use.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function liveProvider(state: QuotaState, name: string, field: string = 'providerName'): Provider {
  const provider = knownProvider(state, name, field)
  if (provider.removedAtMs === null) return provider
  throw new QuotaError(
    'UNKNOWN_PROVIDER',
    `provider "${name}" has been removed; providers.upsert revives it`,
    { field },
  )
}

/**
 * The pool, removed or not.
 * @throws QuotaError UNKNOWN_POOL
 */
export function knownPool(state: QuotaState, name: string, field: string): Pool {
  const pool = state.pool(name)
  if (pool !== undefined) return pool
  throw new QuotaError('UNKNOWN_POOL', `there is no pool "${name}"; create it with pools.upsert`, { field })
}

/**
 * The pool, if it is in use.
 * @throws QuotaError UNKNOWN_POOL
 */
export function livePool(state: QuotaState, name: string, field: string): Pool {
  const pool = knownPool(state, name, field)
  if (pool.removedAtMs === null) return pool
  throw new QuotaError('UNKNOWN_POOL', `pool "${name}" has been removed; pools.upsert revives it`, { field })
}
