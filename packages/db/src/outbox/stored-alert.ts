import type { StoredAlert } from '@quotakeeper/quota-core'
import type { Row } from '../database/database.js'
import { exactNumber } from '../schema/columns.js'
import { msOf } from '../store/statements/rows.js'

/** Columns of an alert `a`: rows for {@link storedAlert}. */
export const alertColumns: string = `a.id, a.kind, a.subject_kind, a.subject_name, a.limit_id, a.model,
  ${msOf('a.window_start').replace('a.window_start_ms', 'window_start_ms')}, a.threshold_percent,
  a.limit_version, a.severity, a.metric, a."window", a.used, a.max,
  ${msOf('a.raised_at').replace('a.raised_at_ms', 'raised_at_ms')}`

/** An alert as its row gives it. */
export function storedAlert(row: Row): StoredAlert {
  return {
    id: String(row['id']),
    // Columns that only this package writes, from values of these very types.
    kind: row['kind'] as StoredAlert['kind'],
    subject: {
      kind: row['subject_kind'] as StoredAlert['subject']['kind'],
      name: String(row['subject_name']),
    },
    limitId: String(row['limit_id']),
    model: String(row['model']),
    windowStartMs: Number(row['window_start_ms']),
    thresholdPercent: Number(row['threshold_percent']),
    limitVersion: Number(row['limit_version']),
    severity: row['severity'] as StoredAlert['severity'],
    metric: row['metric'] as StoredAlert['metric'],
    window: row['window'] as StoredAlert['window'],
    used: exactNumber(String(row['used'])),
    max: exactNumber(String(row['max'])),
    raisedAtMs: Number(row['raised_at_ms']),
  }
}
