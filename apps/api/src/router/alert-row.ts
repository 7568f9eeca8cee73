import {
  type AlertKind,
  type AlertSeverity,
  isoInstant,
  type Metric,
  type StoredAlert,
  type SubjectRef,
  type Window,
} from '@quotakeeper/quota-core'
import { alertText } from '../alerts/alert-text.js'

/** An alert as returned to clients. */
export interface AlertRow {
  /** Ascending with each alert. */
  readonly id: string
  /**
   * `threshold`; `drift`, if the vendor suddenly counts far more than we do; or why a vendor refuses the key until
   * somebody acts, in which case there is no limit and no figure.
   */
  readonly kind: AlertKind
  readonly subject: SubjectRef
  readonly limitId: string | null
  /** Null unless the limit counts each model separately, or one model was refused. */
  readonly model: string | null
  readonly severity: AlertSeverity
  /** Null unless a threshold was reached. */
  readonly thresholdPercent: number | null
  readonly metric: Metric | null
  readonly window: Window | null
  /** ISO-8601. Start of the window; for a rolling one, the multiple of its length before the crossing. */
  readonly windowStartsAt: string | null
  /** Used plus observed units when it was raised. */
  readonly used: number | null
  readonly max: number | null
  /** ISO-8601. */
  readonly raisedAt: string
  /** Text for people. */
  readonly text: string
}

/** Converts an alert; instants become text. */
export function alertRow(alert: StoredAlert): AlertRow {
  const { id, kind, subject, limitId, model, severity, thresholdPercent, metric, window, used, max } = alert
  const common = {
    id,
    kind,
    subject,
    model: model === '' ? null : model,
    severity,
    raisedAt: isoInstant(alert.raisedAtMs),
    text: alertText(alert),
  }
  if (kind === 'billing' || kind === 'bad_credential') return { ...common, ...noFigures }
  const windowStartsAt = isoInstant(alert.windowStartMs)
  const reached = kind === 'threshold' ? thresholdPercent : null
  return { ...common, limitId, thresholdPercent: reached, metric, window, windowStartsAt, used, max }
}

const noFigures = {
  limitId: null,
  thresholdPercent: null,
  metric: null,
  window: null,
  windowStartsAt: null,
  used: null,
  max: null,
} as const
