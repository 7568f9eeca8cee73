import type { SignalMetric } from '../signals/limit-signal.js'
import type { Period } from '../signals/signal-window.js'

/** The limit that a refusal reports. Null if not stated. */
export interface QuotaFacts {
  readonly metric: SignalMetric | null
  readonly period: Period | null
  /** The length of a window that is none of the periods, in milliseconds: of five hours, of a week. */
  readonly lengthMs: number | null
  readonly limit: number | null
  readonly used: number | null
  readonly requested: number | null
  /** The requested wait in whole milliseconds from the response, from any field. */
  readonly waitMs: number | null
  /** Time until the limit returns, if the vendor states that rather than a wait. */
  readonly returnMs: number | null
  readonly model: string | null
  readonly organization: string | null
}

/** No facts. */
export const noQuotaFacts: QuotaFacts = Object.freeze({
  metric: null,
  period: null,
  lengthMs: null,
  limit: null,
  used: null,
  requested: null,
  waitMs: null,
  returnMs: null,
  model: null,
  organization: null,
})

/** Merges facts: those of the first, completed by the second. */
export function firstReported(first: QuotaFacts, second: QuotaFacts): QuotaFacts {
  return {
    metric: first.metric ?? second.metric,
    period: first.period ?? second.period,
    lengthMs: first.lengthMs ?? second.lengthMs,
    limit: first.limit ?? second.limit,
    used: first.used ?? second.used,
    requested: first.requested ?? second.requested,
    waitMs: first.waitMs ?? second.waitMs,
    returnMs: first.returnMs ?? second.returnMs,
    model: first.model ?? second.model,
    organization: first.organization ?? second.organization,
  }
}
