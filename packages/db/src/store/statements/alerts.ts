import type { Alert, AuditEntry } from '@quotakeeper/quota-core'
import { fromMs, overRows, type RowStatement } from './rows.js'

/** Inserts alerts. The unique index keeps each to once, whatever the counters say. */
export const insertAlerts: RowStatement<Alert> = overRows<Alert>(
  'insert-alerts',
  [
    { name: 'kind', type: 'text', value: row => row.kind },
    { name: 'subject_kind', type: 'text', value: row => row.subject.kind },
    { name: 'subject_name', type: 'text', value: row => row.subject.name },
    { name: 'limit_id', type: 'text', value: row => row.limitId },
    { name: 'model', type: 'text', value: row => row.model },
    { name: 'window_start', type: 'bigint', cast: fromMs, value: row => row.windowStartMs },
    { name: 'threshold_percent', type: 'int', value: row => row.thresholdPercent },
    { name: 'limit_version', type: 'bigint', value: row => row.limitVersion },
    { name: 'severity', type: 'text', value: row => row.severity },
    { name: 'metric', type: 'text', value: row => row.metric },
    { name: 'window', type: 'text', value: row => row.window },
    { name: 'used', type: 'bigint', value: row => row.used },
    { name: 'max', type: 'bigint', value: row => row.max },
    { name: 'raised_at', type: 'bigint', cast: fromMs, value: row => row.raisedAtMs },
  ],
  ({ names, values, rows }) =>
    `insert into quota_alert (${names}) select ${values} from ${rows} on conflict do nothing`,
)

/** Inserts entries into the audit log. */
export const insertAudit: RowStatement<AuditEntry> = overRows<AuditEntry>(
  'insert-audit',
  [
    { name: 'at', type: 'bigint', cast: fromMs, value: row => row.atMs },
    { name: 'actor', type: 'text', value: row => row.actor },
    { name: 'action', type: 'text', value: row => row.action },
    { name: 'subject_kind', type: 'text', value: row => row.subject.kind },
    { name: 'subject_name', type: 'text', value: row => row.subject.name },
    { name: 'details', type: 'text', cast: '%::jsonb', value: row => JSON.stringify(row.details) },
  ],
  ({ names, values, rows }) => `insert into audit_log (${names}) select ${values} from ${rows}`,
)
