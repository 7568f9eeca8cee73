import type { SignalMetric } from '../signals/limit-signal.js'
import type { Period } from '../signals/signal-window.js'

/** What a refusal tells of the limit that was hit. Null is not told. */
export interface QuotaFacts {
  readonly metric: SignalMetric | null
  readonly period: Period | null
  readonly limit: number | null
  readonly used: number | null
  readonly requested: number | null
  /** The wait that the vendor asks for, whole milliseconds from the response, in whatever way. */
  readonly waitMs: number | null
  /** How long it is until the limit's return, where the vendor names that rather than asks to wait. */
  readonly returnMs: number | null
  readonly model: string | null
  readonly organization: string | null
}

/** Nothing told. */
export const noQuotaFacts: QuotaFacts = Object.freeze({
  metric: null,
  period: null,
  limit: null,
  used: null,
  requested: null,
  waitMs: null,
  returnMs: null,
  model: null,
  organization: null,
})

/** What the first tells, and where it is silent, the second. */
export function firstReported(first: QuotaFacts, second: QuotaFacts): QuotaFacts {
  return {
    metric: first.metric ?? second.metric,
    period: first.period ?? second.period,
    limit: first.limit ?? second.limit,
    used: first.used ?? second.used,
    requested: first.requested ?? second.requested,
    waitMs: first.waitMs ?? second.waitMs,
    returnMs: first.returnMs ?? second.returnMs,
    model: first.model ?? second.model,
    organization: first.organization ?? second.organization,
  }
}
