import type { SignalMetric } from '../signals/limit-signal.js'
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
  /** Statuses at which it may apply; any from 400 to 499 unless given. */
  readonly statuses?: readonly number[]
  /** One of the error's names. */
  readonly names?: readonly string[]
  /** Words of its message. */
  readonly says?: RegExp
  /** `rate`: a limit whose period its numbers, its words or `period` tell. */
  readonly kind: Exclude<RefusalKind, 'minute' | 'hour' | 'day' | 'month' | 'unknown'> | 'rate'
  readonly period?: Period
  readonly metric?: SignalMetric
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
      (rule.names ?? ['']).some(name => name === '' || error.names.has(name)) &&
      (rule.says?.test(error.message) ?? true),
  )
}
