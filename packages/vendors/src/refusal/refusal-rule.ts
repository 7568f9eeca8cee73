import type { CalendarPeriod } from '../read/next-boundary.js'
import type { SignalMetric, SignalScope } from '../signals/limit-signal.js'
import type { Period } from '../signals/signal-window.js'
import type { ErrorFacts } from './error-facts.js'

/**
 * Kinds of refusals. `second` to `month`: a limit of that period; `too_large`: the request can never fit, the key is
 * fine; `shared_capacity`: the vendor lacks capacity; `unknown`: an unspecified limit.
 */
export type RefusalKind =
  | 'minute'
  | 'hour'
  | 'day'
  | 'month'
  | 'too_large'
  | 'shared_capacity'
  | 'billing'
  | 'bad_credential'
  | 'unknown_model'
  | 'unknown'

/** One rule of the classification of refusals; it applies if all given conditions hold. */
export interface RefusalRule {
  /** Statuses at which it may apply; any unless given. */
  readonly statuses?: readonly number[]
  /** Exact names of the error; one must match. */
  readonly names?: readonly string[]
  /** A pattern that one of the error's names must match. */
  readonly named?: RegExp
  /** A pattern in its message. */
  readonly says?: RegExp
  /** A pattern in its message without quotations, which may be parts of the request. */
  readonly states?: RegExp
  /** A pattern, matched like `states`, that excludes the rule. */
  readonly unless?: RegExp
  /** Whether the answer must state a wait. */
  readonly statesWait?: true
  /** `rate`: a limit; its period follows from numbers, words, `period` or `assumedPeriod`. */
  readonly kind: Exclude<RefusalKind, 'minute' | 'hour' | 'day' | 'month'> | 'rate'
  readonly period?: Period
  /** The usual period where the answer names none; dropped if the stated wait shows that it is another. */
  readonly assumedPeriod?: Period
  readonly metric?: SignalMetric
  /** For money: the period at whose end it returns, if the answer states no instant. */
  readonly resets?: CalendarPeriod
  /** What a person can do about it, naming the cause; the default of the kind unless given. */
  readonly remedy?: string
  /** The scope of the limit; the vendor's default unless given. */
  readonly scope?: SignalScope
  /** The refused models: `*` for all; the called one unless given. */
  readonly models?: string
}

/** The parts of a refused response that rules test. */
export interface RefusalWords {
  readonly httpStatus: number
  readonly error: ErrorFacts
  /** Whether it states a wait, in words, fields or a header. */
  readonly statesWait: boolean
}

/** The first rule that applies; undefined if none does. */
export function findRule(
  rules: readonly RefusalRule[],
  { httpStatus, error, statesWait }: RefusalWords,
): RefusalRule | undefined {
  return rules.find(
    rule =>
      (rule.statuses ?? [httpStatus]).includes(httpStatus) &&
      (rule.names?.some(name => error.names.has(name)) ?? true) &&
      (rule.named === undefined || [...error.names].some(name => rule.named?.test(name))) &&
      (rule.says?.test(rule.kind === 'bad_credential' ? error.ownMessage : error.message) ?? true) &&
      (rule.states?.test(error.statement) ?? true) &&
      !(rule.unless?.test(error.statement) ?? false) &&
      (rule.statesWait === undefined || statesWait),
  )
}
