import type { Metric } from './metric.js'
import type { SubjectRef } from './subject.js'
import type { Window } from './window.js'

/** In this order, the worst last. */
export type AlertSeverity = 'warning' | 'critical' | 'error'

/**
 * Why an alert was raised: `threshold`, a limit reached a threshold; `drift`, the vendor suddenly counts far more than
 * we do; `billing` and `bad_credential`, the vendor refuses the key until somebody acts; otherwise a call whose
 * reported usage is implausibly large.
 */
export type AlertKind = 'threshold' | 'drift' | 'billing' | 'bad_credential' | 'implausible_count'

/** An alert. At most one exists for each subject, limit, model, window, threshold and limit version. */
export interface Alert {
  readonly kind: AlertKind
  readonly subject: SubjectRef
  /** For a refusal, its kind instead of a limit: the threshold is 100 and the figures are 0. */
  readonly limitId: string
  /** `''` unless the limit counts each model separately. */
  readonly model: string
  /**
   * Start of the window; for a rolling one, the multiple of its length at or before the crossing. For a refusal, when
   * the refused call was reserved.
   */
  readonly windowStartMs: number
  /** 0 for drift. */
  readonly thresholdPercent: number
  readonly limitVersion: number
  readonly severity: AlertSeverity
  readonly metric: Metric
  readonly window: Window
  /** Used plus observed units when it was raised. */
  readonly used: number
  readonly max: number
  readonly raisedAtMs: number
}

/** 80 % is a warning, 90 % critical, 100 % an error; other thresholds take the severity of the nearest below. */
export function severityOf(thresholdPercent: number): AlertSeverity {
  if (thresholdPercent >= 100) return 'error'
  return thresholdPercent >= 90 ? 'critical' : 'warning'
}
