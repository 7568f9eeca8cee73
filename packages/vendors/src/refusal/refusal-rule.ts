import type { CalendarPeriod } from '../read/next-boundary.js'
import type { SignalMetric, SignalScope } from '../signals/limit-signal.js'
import type { Period } from '../signals/signal-window.js'
import type { ErrorFacts } from './error-facts.js'

/**
 * What a refusal is about. `second` to `month`: a limit of that period; `too_large`: the request can never
 * fit, the key is fine; `shared_capacity`: the vendor's own room; `unknown`: a limit, nobody says which.
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

/** One line of a table that tells refusals apart: it applies when all that it gives is true. */
export interface RefusalRule {
  /** Statuses at which it may apply; any unless given. */
  readonly statuses?: readonly number[]
  /** One of the error's names. */
  readonly names?: readonly string[]
  /** A form of one of them. */
  readonly named?: RegExp
  /** Words of its message. */
  readonly says?: RegExp
  /** The same, but for what stands in quotation marks there: vendors quote what a request holds. */
  readonly states?: RegExp
  /** Words, read as `states` is, that make it something else. */
  readonly unless?: RegExp
  /** `rate`: a limit whose period its numbers, its words or `period` tell. */
  readonly kind: Exclude<RefusalKind, 'minute' | 'hour' | 'day' | 'month'> | 'rate'
  readonly period?: Period
  readonly metric?: SignalMetric
  /** Of money: the period whose end brings it back, where the answer names no instant. */
  readonly resets?: CalendarPeriod
  /** What a person can do about it, naming the thing at fault; the usual of the kind unless given. */
  readonly remedy?: string
  /** Whose it is; the vendor's usual unless given. */
  readonly scope?: SignalScope
  /** Which models it concerns: `*` all; the one that was called unless given. */
  readonly models?: string
}

/** The first rule that applies; undefined when none does. */
export function findRule(
  rules: readonly RefusalRule[],
  httpStatus: number,
  error: ErrorFacts,
): RefusalRule | undefined {
  return rules.find(
    rule =>
      (rule.statuses ?? [httpStatus]).includes(httpStatus) &&
      (rule.names?.some(name => error.names.has(name)) ?? true) &&
      (rule.named === undefined || [...error.names].some(name => rule.named?.test(name))) &&
      (rule.says?.test(error.message) ?? true) &&
      (rule.states?.test(error.statement) ?? true) &&
      !(rule.unless?.test(error.statement) ?? false),
  )
}
