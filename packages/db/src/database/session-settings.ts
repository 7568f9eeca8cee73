import type { SessionOptions } from './database.js'

/**
 * Settings of each session, whatever a role or a database has of its own (`alter role … set …`). A process that is
 * paused in mid-transaction blocks the others for two seconds at most. Values are written and read in one form, arrays
 * may hold nulls. Statements are planned once, when tables may still be empty, and reading a whole table looks cheap:
 * without `enable_seqscan=off` the ledger was read from end to end for each batch, for ever (5,400 instead of 27,000
 * decisions/s). Up to PostgreSQL 17 it makes plans that do read a whole table look so expensive that they are compiled first:
 * with `jit` on, the stats of 20 providers took 380 ms instead of 1.
 *
 * Not `default_transaction_read_only`: an operator who sets it wants no writes, which then fail as on a full disk.
 */
const settings: Readonly<Record<string, string>> = {
  lock_timeout: '2s',
  statement_timeout: '5s',
  idle_in_transaction_session_timeout: '2s',
  idle_session_timeout: '0',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  array_nulls: 'on',
  standard_conforming_strings: 'on',
  enable_seqscan: 'off',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
}

/** What PostgreSQL 15 and 16 do not know yet. */
const fromPostgres17: Readonly<Record<string, string>> = { transaction_timeout: '0' }
const postgres17 = 170_000

/** Of use in sessions only: behind a pooler, a client has one for a transaction at a time. */
const ofSession: ReadonlySet<string> = new Set([
  'idle_session_timeout',
  'default_transaction_isolation',
  'default_transaction_deferrable',
])

/** What a connection leads to. */
export interface Peer {
  readonly isStandby: boolean
  /** Whether a pooler stands between, which hands sessions of the server on, with what is set in them. */
  readonly isPooled: boolean
  /** As `server_version_num`: 180004. */
  readonly serverVersion: number
}

/**
 * Asks what a connection leads to, and sets the session's settings where there is no pooler: the server's process id is
 * then the one that the protocol gave when the connection was made. A pooler gives an id of its own; what is set there
 * ends with this statement.
 */
export const greeting = `select pg_is_in_recovery() as standby, pg_backend_pid() <> $1::int as pooled,
  current_setting('server_version_num')::int as version,
  ${settingCalls(settings, 'pg_backend_pid() <> $1::int')}`

/** The row that {@link greeting} answers. */
export function readPeer(row: Readonly<Record<string, unknown>> | undefined): Peer {
  return {
    isStandby: row?.['standby'] === true,
    isPooled: row?.['pooled'] !== false,
    serverVersion: Number(row?.['version']),
  }
}

/** What must follow {@link greeting} on a connection of one's own. */
export function laterSettings({ serverVersion, isPooled }: Peer): string | null {
  if (isPooled || serverVersion < postgres17) return null
  return `select ${settingCalls(fromPostgres17, 'false')}`
}

/** A statement that sets everything for the transaction in which it stands. */
export function transactionSettings(serverVersion: number, patience: SessionOptions): string {
  const all = { ...settings, ...(serverVersion < postgres17 ? {} : fromPostgres17) }
  const chosen = Object.entries(all).filter(([name]) => !ofSession.has(name))
  return `select ${settingCalls({ ...Object.fromEntries(chosen), ...patienceOf(patience) }, 'true')}`
}

/** Statements that set for a session how long its statements may take, and wait for locks. */
export function patienceStatements(options: SessionOptions): readonly string[] {
  const { statement_timeout, lock_timeout } = { ...settings, ...patienceOf(options) }
  return [`set statement_timeout = '${statement_timeout}'`, `set lock_timeout = '${lock_timeout}'`]
}

/** How long statements may take, and wait for locks, where that is not as usual. */
function patienceOf({ statementTimeoutMs, lockTimeoutMs }: SessionOptions): Readonly<Record<string, string>> {
  const locksMs = lockTimeoutMs ?? statementTimeoutMs
  return {
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: String(statementTimeoutMs) }),
    ...(locksMs === undefined ? {} : { lock_timeout: String(locksMs) }),
  }
}

function settingCalls(values: Readonly<Record<string, string>>, isLocal: string): string {
  return Object.entries(values)
    .map(([name, value]) => `set_config('${name}', '${value}', ${isLocal})`)
    .join(', ')
}
