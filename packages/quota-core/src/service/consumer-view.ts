import { liveOwner, subjectOf } from '../decide/call-counters.js'
import type { Limit } from '../domain/limit.js'
import type { Metadata } from '../domain/owner.js'
import type { QuotaState } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'
import { consumerKind, planKind } from '../domain/subject-kinds.js'
import { type SubjectView, settingsOf, subjectView } from './provider-view.js'

/** A consumer's settings. */
export interface ConsumerView extends Omit<SubjectView, 'learnedLimits'> {
  /** Null for none. */
  readonly parent: string | null
  /** Null for none. */
  readonly plan: string | null
  /** The limits of its plan that apply to it: those whose ids are not among its own. */
  readonly planLimits: readonly Limit[]
  readonly models: readonly string[]
  /** Null for all. */
  readonly providers: readonly string[] | null
  readonly enabled: boolean
  readonly strict: boolean
  readonly showCost: boolean
  readonly metadata: Metadata
}

/** A plan's settings. */
export interface PlanView
  extends Pick<SubjectView, 'name' | 'limits' | 'managedBy' | 'createdAt' | 'updatedAt'> {}

/** The settings of a consumer, for clients. @throws QuotaError UNKNOWN_CONSUMER */
export function consumerView(state: QuotaState, name: string): ConsumerView {
  const ref: SubjectRef = { kind: consumerKind, name }
  const owner = liveOwner(state, ref, 'name')
  if (owner.kind !== consumerKind) throw new Error(`the store has a ${owner.kind} in the place of a consumer`)
  const { learnedLimits: _none, ...settings } = subjectView(state, owner)
  const { parent, plan, models, providers, enabled, strict, showCost, metadata } = owner
  return {
    ...settings,
    parent: parent?.name ?? null,
    plan,
    planLimits: subjectOf(state, ref)
      .limits.filter(({ isOfPlan }) => isOfPlan === true)
      .map(settingsOf),
    models,
    providers,
    enabled,
    strict,
    showCost,
    metadata,
  }
}

/** The settings of a plan, for clients. @throws QuotaError UNKNOWN_PLAN */
export function planView(state: QuotaState, name: string): PlanView {
  const { limits, managedBy, createdAt, updatedAt } = subjectView(
    state,
    liveOwner(state, { kind: planKind, name }, 'name'),
  )
  return { name, limits, managedBy, createdAt, updatedAt }
}
