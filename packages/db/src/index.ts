export type { Database, Row, Session, SessionOptions, Statement } from './database/database.js'
export { type OpenOptions, openDatabase } from './database/open-database.js'
export type { PostgresOptions } from './database/postgres-database.js'
export { ReadLane, type ReadLaneBounds } from './database/read-lane.js'
export { describeUnreachable, type Unreachable } from './database/unreachable-server.js'
export { type DatabaseState, databaseState } from './database-state.js'
export { isEmbeddedThere } from './embedded/embedded-folder.js'
export type { DatabaseNotice, OnNotice } from './embedded/notice.js'
export { GatewayKeys, type KeptKey, type ReportedKey } from './keys/gateway-keys.js'
export {
  type KeptSealedKey,
  type KeyEntered,
  type NewSealedKey,
  type OfferedKeys,
  SealedKeys,
  type StoredSealedKey,
} from './keys/sealed-keys.js'
export { type MigrationCounts, migrate } from './migrate.js'
export { type MovedTable, type MoveOptions, type MoveProgress, moveDatabase } from './move/move-database.js'
export { AlertFeed, type FedAlert } from './outbox/alert-feed.js'
export {
  AlertOutbox,
  type ClaimedDelivery,
  type DeliveryState,
  type OutboxChannel,
} from './outbox/alert-outbox.js'
export { CallBook } from './performance/call-book.js'
export { AuditLog } from './reads/audit-log.js'
export { RequestTraces } from './requests/request-traces.js'
export { type Pruned, type PruneOptions, pruneOldRows } from './retention/prune-old-rows.js'
export { type RoutingChange, RoutingFact } from './routing/routing-fact.js'
export { exactNumber } from './schema/columns.js'
export * as tables from './schema/tables.js'
export { EndedSessionRows, type EndedSessionsState } from './sessions/ended-session-rows.js'
export { DatabaseFailure, sqlStateOf, toStoreError } from './store/failures.js'
export { LockedError } from './store/lanes/locked-error.js'
export { SharedReads } from './store/load/shared-reads.js'
export { PostgresQuotaStore, type PostgresQuotaStoreOptions } from './store/postgres-quota-store.js'
export {
  AccessTokens,
  type FoundTokens,
  type NewToken,
  nameOfApi,
  type TokenBound,
  type TokensQuery,
} from './tokens/access-tokens.js'
export type { FileToken } from './tokens/plan-file-tokens.js'
export type { KeptToken } from './tokens/token-rows.js'
