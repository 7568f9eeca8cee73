export type { Database, Row, Session, SessionOptions, Statement } from './database/database.js'
export { type OpenOptions, openDatabase } from './database/open-database.js'
export type { PostgresOptions } from './database/postgres-database.js'
export { ReadLane, type ReadLaneBounds } from './database/read-lane.js'
export { describeUnreachable, type Unreachable } from './database/unreachable-server.js'
export { type DatabaseState, databaseState } from './database-state.js'
export { isEmbeddedThere } from './embedded/embedded-folder.js'
export type { DatabaseNotice, OnNotice } from './embedded/notice.js'
export { GatewayKeys, type KeptKey, type ReportedKey } from './keys/gateway-keys.js'
export { type MigrationCounts, migrate } from './migrate.js'
export { type MovedTable, type MoveOptions, type MoveProgress, moveDatabase } from './move/move-database.js'
export { AlertFeed, type FedAlert } from './outbox/alert-feed.js'
export { AlertOutbox, type ClaimedDelivery, type DeliveryState } from './outbox/alert-outbox.js'
export { AuditLog, type AuditQuery, type KeptAuditEntry } from './reads/audit-log.js'
export type { AttemptTrace, KeptTrace, RequestTrace, SkipTrace } from './requests/request-trace.js'
export { RequestTraces, type TracesQuery } from './requests/request-traces.js'
export { type Pruned, type PruneOptions, pruneOldRows } from './retention/prune-old-rows.js'
export {
  checkRetentionDays,
  defaultRetentionDays,
  longestDays,
  type RetentionDays,
  shortestLedgerDays,
} from './retention/retention-days.js'
export { exactNumber } from './schema/columns.js'
export * as tables from './schema/tables.js'
export { EndedSessionRows, type EndedSessionsState } from './sessions/ended-session-rows.js'
export { DatabaseFailure, sqlStateOf, toStoreError } from './store/failures.js'
export { PostgresQuotaStore, type PostgresQuotaStoreOptions } from './store/postgres-quota-store.js'
export { SharedReads } from './store/shared-reads.js'
