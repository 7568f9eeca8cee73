import type { ReadOptions } from '@quotakeeper/quota-core'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as tables from '../schema/tables.js'

/** A parameterised statement. Statements of one name have one text: they are prepared once per connection. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
  /** Called with each row as it arrives, while the server works on the next; the answer then holds none. Must not throw. */
  readonly onRow?: (row: Row) => void
}

/** A row as both engines give it: bigint, numeric, dates and instants as text, jsonb and arrays parsed. */
export type Row = Readonly<Record<string, unknown>>

/** How a session differs from others. */
export interface SessionOptions {
  /**
   * How long a statement may take, waiting for locks included, before the server cancels it. Unless
   * given: 5 s, of which 2 s for a lock. PGlite has one session, which waits for no other, and sets no limit.
   */
  readonly statementTimeoutMs?: number
  /** How long it may wait for a lock; as above unless given. */
  readonly lockTimeoutMs?: number
}

/** One connection, for the time of one piece of work. */
export interface Session {
  /**
   * Sends the statements in order without waiting in between where the engine allows it, and answers
   * the rows of each.
   * @throws the server's error of the first statement that fails, with its SQLSTATE in `code`, the later
   *   ones having failed then, too; QuotaError STORE_UNAVAILABLE where the connection fails.
   */
  run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>
}

/** PostgreSQL, on a server or embedded, behind one type. */
export interface Database {
  readonly kind: 'postgres' | 'pglite'
  /** How many sessions there may be at once; further callers wait. */
  readonly maxSessions: number
  /**
   * For reads: drizzle over the same connections, each query on any of them. It wraps what fails in a
   * DrizzleQueryError, whose cause is what {@link Session.run} throws.
   */
  readonly drizzle: PgDatabase<PgQueryResultHKT, typeof tables>
  /**
   * Runs a piece of work on a connection of its own. The work sends its own BEGIN and COMMIT. When it
   * rejects, the connection is closed (PGlite: rolled back), so that no transaction stays open.
   * @throws QuotaError STORE_UNAVAILABLE when acquiring a connection fails or times out; what the work throws.
   */
  withSession<T>(work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>
  /**
   * Reads for people and files, which give way to the work above: a bounded number at once, on connections of
   * their own; on PGlite, when no other work waits. PGlite finishes a read that its caller has cancelled. What is read may
   * change between two statements.
   * @throws QuotaError READ_REFUSED when too many reads are waiting, a statement takes too long or the signal
   *   aborts; what {@link Session.run} throws.
   */
  read(statements: readonly Statement[], options?: ReadOptions): Promise<readonly (readonly Row[])[]>
  /** Waits for the work that is under way, then closes everything. Idempotent. */
  close(): Promise<void>
}
