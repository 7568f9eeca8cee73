import type { Metric } from './metric.js'
import type { SubjectRef } from './subject.js'
import type { Window } from './window.js'

export type AlertSeverity = 'warning' | 'critical' | 'error'

/**
 * What an alert tells: a threshold that was reached, a vendor that suddenly counts far more than we do, a key
 * that its vendor refuses until somebody acts, or a call that is said to have used more than a call can.
 */
export type AlertKind = 'threshold' | 'drift' | 'billing' | 'bad_credential' | 'implausible_count'

/**
 * A limit's usage has reached a threshold, or a vendor refuses a key. At most one exists for each subject, limit,
 * model, window, threshold and limit version.
 */
export interface Alert {
  readonly kind: AlertKind
  readonly subject: SubjectRef
  /** Of a refusal its kind, since no limit is at fault; its threshold is 100, its figures are 0. */
  readonly limitId: string
  /** `''` unless the limit counts each model apart. */
  readonly model: string
  /**
   * Start of the window; for a rolling one, the multiple of its length at or before the crossing. Of a refusal when
   * the call was reserved that met it.
   */
  readonly windowStartMs: number
  /** 0 for drift. */
  readonly thresholdPercent: number
  readonly limitVersion: number
  readonly severity: AlertSeverity
  readonly metric: Metric
  readonly window: Window
  /** Used and observed together, when it was raised. */
  readonly used: number
  readonly max: number
  readonly raisedAtMs: number
}

/** 80 % warns, 90 % is critical, 100 % is an error; other thresholds belong to the nearest below. */
export function severityOf(thresholdPercent: number): AlertSeverity {
  if (thresholdPercent >= 100) return 'error'
  return thresholdPercent >= 90 ? 'critical' : 'warning'
}
