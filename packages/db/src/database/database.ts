import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as tables from '../schema/tables.js'

/** A parameterised statement. Statements of one name have one text: they are prepared once per connection. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** A row as both engines give it: bigint, numeric, dates and instants as text, jsonb and arrays parsed. */
export type Row = Readonly<Record<string, unknown>>

/** One connection, for the time of one piece of work. */
export interface Session {
  /**
   * Sends the statements in order without waiting in between where the engine allows it, and answers
   * the rows of each.
   * @throws the driver's error of the first statement that fails; the later ones have failed then, too.
   */
  run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>
}

/** PostgreSQL, on a server or embedded, behind one type. */
export interface Database {
  readonly kind: 'postgres' | 'pglite'
  /** For reads: built by drizzle over the same connections. */
  readonly drizzle: PgDatabase<PgQueryResultHKT, typeof tables>
  /**
   * Runs a piece of work on a connection of its own. The work sends its own BEGIN and COMMIT. When it
   * rejects, the connection is thrown away (PGlite: rolled back), so that no transaction stays open.
   * @throws QuotaError STORE_UNAVAILABLE when no connection can be had in time; what the work throws.
   */
  withSession<T>(work: (session: Session) => Promise<T>): Promise<T>
  close(): Promise<void>
}
