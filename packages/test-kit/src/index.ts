export { createApiDatabase } from './application/api-database.js'
export { makeApiFolder } from './application/api-folder.js'
export { entryOf } from './application/applications.js'
export type { RunningInstance } from './application/instance-host.js'
export { type PreparedApi, prepareApi } from './application/prepare-api.js'
export { type RunningApplication, startApplication } from './application/start-application.js'
export { startInstance } from './application/start-instance.js'
export { findChromium } from './browser/find-chromium.js'
export type { BrowserProgram } from './browser/packaged-chromium.js'
export { type DocumentSample, documentSamples } from './document-samples.js'
export { freePort } from './free-port.js'
export { isThorough } from './is-thorough.js'
export { holdSubject, holdTable, type LockHolder } from './postgres/hold-lock.js'
export { oneAtATime } from './postgres/one-at-a-time.js'
export { findInstalledPostgres, type PostgresBinaries } from './postgres/postgres-binaries.js'
export type { ShutdownMode } from './postgres/postmaster.js'
export { createPreparedDatabase, type Preparation } from './postgres/prepared-database.js'
export { type ShiftedClock, shiftedClock } from './postgres/shifted-clock.js'
export { mayMount, type SmallDisk, startSmallDisk } from './postgres/small-disk.js'
export { type PgBouncer, type PoolMode, startPgBouncer, untriedPooler } from './postgres/start-pgbouncer.js'
export { type PostgresServer, startPostgres } from './postgres/start-postgres.js'
export { type ReplicatedPostgres, startReplicatedPostgres } from './postgres/start-replicated-postgres.js'
export { templateFolder } from './postgres/templates.js'
export type { TestDatabase } from './postgres/test-database.js'
export {
  createTestDatabase,
  type TestServer,
  testServers,
  untriedServers,
} from './postgres/test-servers.js'
export {
  type ExitStatus,
  type ProcessOptions,
  type RunningProcess,
  startProcess,
} from './process/start-process.js'
export { type PathProxy, type PathProxyOptions, startPathProxy } from './proxy/start-path-proxy.js'
export type { PlainAnswer, Reaction, ReportedUsage, VendorCall } from './vendor/reaction.js'
export type { StandInLimit } from './vendor/stand-in-limits.js'
export {
  type Respond,
  startVendorStandIn,
  type VendorStandIn,
  type VendorStandInOptions,
} from './vendor/start-vendor-stand-in.js'
export {
  creditsSpent,
  type GroqLimitHit,
  geminiDaySpent,
  groqDaySpent,
  groqMinuteSpent,
  groqQuotaHeaders,
  groqRateLimited,
  groqTooLarge,
  insufficientQuota,
  invalidApiKey,
  modelNotFound,
  serverError,
} from './vendor/vendor-refusals.js'
