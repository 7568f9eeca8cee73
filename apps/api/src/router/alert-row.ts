import {
  type AlertSeverity,
  isoInstant,
  type Metric,
  type StoredAlert,
  type SubjectRef,
  type Window,
} from '@quotakeeper/quota-core'

/** An alert as people and programs read it. */
export interface AlertRow {
  /** Rises with each alert. */
  readonly id: string
  readonly subject: SubjectRef
  readonly limitId: string
  /** Null unless the limit counts each model apart. */
  readonly model: string | null
  readonly severity: AlertSeverity
  readonly thresholdPercent: number
  readonly metric: Metric
  readonly window: Window
  /** ISO-8601. Start of the window; for a rolling one, the multiple of its length before the crossing. */
  readonly windowStartsAt: string
  /** Used and observed together, when it was raised. */
  readonly used: number
  readonly max: number
  /** ISO-8601. */
  readonly raisedAt: string
}

/** The alert with instants as text. */
export function alertRow(alert: StoredAlert): AlertRow {
  const { id, subject, limitId, model, severity, thresholdPercent, metric, window, used, max } = alert
  return {
    id,
    subject,
    limitId,
    model: model === '' ? null : model,
    severity,
    thresholdPercent,
    metric,
    window,
    windowStartsAt: isoInstant(alert.windowStartMs),
    used,
    max,
    raisedAt: isoInstant(alert.raisedAtMs),
  }
}
