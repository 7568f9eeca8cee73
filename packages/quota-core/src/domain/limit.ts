import type { Measure } from './counts.js'
import { matchesModel } from './glob.js'
import type { LimitGrant } from './grant.js'
import type { Window } from './window.js'

/** `enforce` refuses calls; `shadow` only reports what it would refuse. */
export type LimitMode = 'enforce' | 'shadow'

/** One limit of a subject, with all defaults applied. */
export interface Limit extends Measure {
  /** Unique within the subject; `characters/day`, `requests/day@llama-*`, `concurrency` unless named otherwise. */
  readonly id: string
  /** Null for `concurrency`, and only for it. */
  readonly window: Window | null
  /** Units per window. Null counts without limiting; 0 allows nothing. Rolling limits need at least 1. */
  readonly max: number | null
  /** Glob of the models that it limits; null limits every call. */
  readonly model: string | null
  /** `model` keeps a counter for each matching model, `user` one for each end user; null keeps one for all of them. */
  readonly per: 'model' | 'user' | null
  readonly mode: LimitMode
}

/** A limit as stored with its subject. */
export interface VersionedLimit extends Limit {
  /**
   * The subject's version when metric, window, max or mode last changed, more was granted or usage was reset. Alerts are
   * raised once per version.
   */
  readonly version: number
  /** When the vendor last reported it, epoch milliseconds. Present only on limits learned from the vendor's answers. */
  readonly learnedAtMs?: number
  /** Present only on limits that a consumer takes over from its plan. */
  readonly isOfPlan?: true
  /** Present once the limit was granted more. Past ones are dropped by the next grant. */
  readonly grants?: readonly LimitGrant[]
}

/** Whether the limit was learned from the vendor rather than configured. */
export function isLearned(limit: VersionedLimit): boolean {
  return limit.learnedAtMs !== undefined
}

/** The default id of a limit. */
export function defaultLimitId(limit: Pick<Limit, 'metric' | 'window' | 'model'>): string {
  const id = limit.window === null ? limit.metric : `${limit.metric}/${limit.window}`
  return limit.model === null ? id : `${id}@${limit.model}`
}

/** Whether the limit counts a call to this model; `''` is a call without one. */
export function concernsModel(limit: Limit, model: string): boolean {
  return limit.model === null || matchesModel(limit.model, model)
}

/** What a call is counted by apart from its subjects. */
export interface CountedBy {
  /** `''` for a call without a model. */
  readonly model: string
  /** The end user that the consumer's client names; `''` or absent for none, who counts like a user of that name. */
  readonly endUser?: string
}

/**
 * The `model` of the limit's counter for a call: the called model, or the end user as `user/NAME`; `''` is the shared
 * counter.
 */
export function counterModel(limit: Limit, { model, endUser = '' }: CountedBy): string {
  if (limit.per === null) return ''
  return limit.per === 'model' ? model : `${userPrefix}${endUser}`
}

/** Every `model` that a counter of a call may have, whatever its limits, except the shared one. */
export function counterModels({ model, endUser = '' }: CountedBy): readonly string[] {
  return [...(model === '' ? [] : [model]), `${userPrefix}${endUser}`]
}

const userPrefix = 'user/'

/** Whether a counter with this `model` is that of an end user; of a model of such a name if its limit is per model. */
export function isOfUser(counterModel: string): boolean {
  return counterModel.startsWith(userPrefix)
}

/** The end user of a counter of a limit per user. */
export function userOfCounter(counterModel: string): string {
  return counterModel.slice(userPrefix.length)
}

/** Whether the limit may have a counter with this `model`, see {@link counterModel}. */
export function mayCountApart(limit: Limit, counterModel: string): boolean {
  if (limit.per === 'user') return isOfUser(counterModel)
  return limit.per === 'model' && concernsModel(limit, counterModel)
}

/** Whether both limits count the same calls in the same way, so that a counter of one is valid for the other. */
export function countsAlike(left: Limit, right: Limit): boolean {
  return (
    left.metric === right.metric &&
    left.window === right.window &&
    left.model === right.model &&
    left.per === right.per &&
    left.countsCached === right.countsCached
  )
}

/** Whether alerts restart after the change. */
export function alertsAnew(before: Limit, after: Limit): boolean {
  return !countsAlike(before, after) || before.max !== after.max || before.mode !== after.mode
}
