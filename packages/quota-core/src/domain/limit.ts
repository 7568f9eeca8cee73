import type { Measure } from './counts.js'
import { matchesModel } from './glob.js'
import type { Window } from './window.js'

/** Whether a limit refuses calls, or only reports what it would refuse. */
export type LimitMode = 'enforce' | 'shadow'

/** One limit of a subject, complete: defaults are applied. */
export interface Limit extends Measure {
  /** Unique within the subject; `characters/day`, `requests/day@llama-*` unless named otherwise. */
  readonly id: string
  readonly window: Window
  /** Units per window. Null counts without limiting; 0 allows nothing. Rolling limits need at least 1. */
  readonly max: number | null
  /** Glob of the models that it concerns; null concerns every call. */
  readonly model: string | null
  /** `model` keeps one counter for each model that matches; null lets them share one. */
  readonly per: 'model' | null
  readonly mode: LimitMode
}

/** A limit as a subject holds it. */
export interface VersionedLimit extends Limit {
  /**
   * The subject's version at which metric, window, max or mode last changed or usage was reset:
   * alerts are raised once per version.
   */
  readonly version: number
  /**
   * When its vendor last said so, epoch milliseconds: there only on a limit that nobody configured and that was
   * learned from the vendor's answers.
   */
  readonly learnedAtMs?: number
}

/** Whether the limit was learned from the vendor rather than configured. */
export function isLearned(limit: VersionedLimit): boolean {
  return limit.learnedAtMs !== undefined
}

/** The id of a limit that was given none. */
export function defaultLimitId(limit: Pick<Limit, 'metric' | 'window' | 'model'>): string {
  const id = `${limit.metric}/${limit.window}`
  return limit.model === null ? id : `${id}@${limit.model}`
}

/** Whether the limit sees a call to this model; `''` is a call without one. */
export function concernsModel(limit: Limit, model: string): boolean {
  return limit.model === null || matchesModel(limit.model, model)
}

/** Which of the limit's counters a call to this model goes to; `''` is the shared one. */
export function counterModel(limit: Limit, model: string): string {
  return limit.per === 'model' ? model : ''
}

/** Whether both limits count the same thing, so that a counter of one is a counter of the other. */
export function countsAlike(left: Limit, right: Limit): boolean {
  return (
    left.metric === right.metric &&
    left.window === right.window &&
    left.model === right.model &&
    left.per === right.per &&
    left.countsCached === right.countsCached
  )
}

/** Whether alerts of the one say nothing about the other. */
export function alertsAnew(before: Limit, after: Limit): boolean {
  return !countsAlike(before, after) || before.max !== after.max || before.mode !== after.mode
}
