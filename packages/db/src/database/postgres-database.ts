import { drizzle } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import * as tables from '../schema/tables.js'
import type { Database, Row, Session, SessionOptions, Statement } from './database.js'
import { driverError } from './driver-error.js'
import { postgresHosts } from './postgres-hosts.js'
import { maxReadConnections, PostgresReads } from './postgres-reads.js'
import { PrimaryConnections } from './primary-connections.js'
import { StatementTrip } from './statement-trip.js'
import { readAsText } from './value-parsers.js'

/** How a server is used. */
export interface PostgresOptions {
  /** Most connections at once, beside three for reads; 10 unless given. */
  readonly mostConnections?: number
}

/**
 * Settings of each connection, given when it is made and so without a trip. A process that is paused in
 * mid-transaction blocks the others for two seconds at most. Statements are planned once, when tables may
 * still be empty, and reading a whole table looks cheap: without `enable_seqscan=off` the ledger was read
 * from end to end for each batch, for ever (5,400 instead of 27,000 decisions/s). Up to PostgreSQL 17 it
 * makes what does read a whole table look so dear that the plan is compiled first: with `jit` on, the stats of
 * 20 providers took 380 ms instead of 1.
 */
const settings = [
  '-c lock_timeout=2s',
  '-c statement_timeout=5s',
  '-c idle_in_transaction_session_timeout=2s',
  '-c TimeZone=UTC',
  '-c enable_seqscan=off',
  '-c jit=off',
  '-c plan_cache_mode=force_generic_plan',
].join(' ')

/** What a statement's answer may take to arrive once the server has given the statement up. */
const answerMarginMs = 2_000

/**
 * Opens a server. Connections are made as they are needed; of several hosts in the URL the first that is
 * no standby serves, and is looked for again when it fails.
 * @throws QuotaError INVALID_INPUT for a URL of another form.
 */
export function openPostgres(url: string, { mostConnections = 10 }: PostgresOptions = {}): Database {
  const hosts = postgresHosts(url, settings)
  const connections = new PrimaryConnections({ hosts, mostConnections, settings })
  const reads = new PostgresReads(
    new PrimaryConnections({ hosts, mostConnections: maxReadConnections, settings }),
    (client, statements) => runAll(client, statements, {}),
  )
  const query = (config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> =>
    connections.with(client => ask(client, config, values))
  return {
    kind: 'postgres',
    // Drizzle asks no more of a client than this method, as long as no transaction is begun through it.
    drizzle: drizzle({ query } as pg.Pool, { schema: tables }),
    withSession: (work, options = {}) => connections.with(client => inSession(client, work, options)),
    read: (statements, options) => reads.read(statements, options),
    close: async () => {
      await Promise.all([connections.close(), reads.close()])
    },
  }
}

async function inSession<T>(
  client: pg.PoolClient,
  work: (session: Session) => Promise<T>,
  { statementTimeoutMs }: SessionOptions,
): Promise<T> {
  if (statementTimeoutMs === undefined) return work({ run: statements => runAll(client, statements, {}) })
  const timeout = { query_timeout: statementTimeoutMs + answerMarginMs }
  const session: Session = { run: statements => runAll(client, statements, timeout) }
  await session.run([
    once(`set statement_timeout = ${statementTimeoutMs}`),
    once(`set lock_timeout = ${statementTimeoutMs}`),
  ])
  const result = await work(session)
  await session.run([once('reset statement_timeout'), once('reset lock_timeout')])
  return result
}

function once(text: string): Statement {
  return { name: '', text, values: [] }
}

/** All are sent at once, and answered at once. */
function runAll(
  client: pg.PoolClient,
  statements: readonly Statement[],
  timeout: { readonly query_timeout?: number },
): Promise<readonly (readonly Row[])[]> {
  return new Promise((resolve, reject) => {
    const trip = new StatementTrip(statements, readAsText, (error, rows) => {
      if (error === null) resolve(rows)
      else reject(driverError(error))
    })
    client.query(Object.assign(trip, timeout))
  })
}

async function ask<R extends pg.QueryResultRow>(
  client: pg.PoolClient,
  config: pg.QueryConfig,
  values?: unknown[],
): Promise<pg.QueryResult<R>> {
  try {
    return await client.query<R>(config, values)
  } catch (error) {
    throw driverError(error)
  }
}
