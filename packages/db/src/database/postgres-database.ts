import { drizzle } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import * as tables from '../schema/tables.js'
import type { Database, Row, Session, SessionOptions, Statement } from './database.js'
import { driverError } from './driver-error.js'
import { pooledSession } from './pooled-session.js'
import { postgresHosts } from './postgres-hosts.js'
import { maxReadConnections, PostgresReads } from './postgres-reads.js'
import { type Connection, PrimaryConnections } from './primary-connections.js'
import { patienceStatements, transactionSettings } from './session-settings.js'
import { type PipelinedStatement, StatementPipeline } from './statement-pipeline.js'
import { readAsText } from './value-parsers.js'

/** How a server is used. */
export interface PostgresOptions {
  /** Most connections at once, beside three for reads; 10 unless given. */
  readonly maxConnections?: number
}

/** How long the answer may take to arrive once the server has cancelled the statement. */
const answerMarginMs = 2_000

/**
 * Opens a server. Connections are made as they are needed; of several hosts in the URL the first that is
 * no standby serves, and is looked for again when it fails.
 * @throws QuotaError INVALID_INPUT for a URL of another form.
 */
export function openPostgres(url: string, { maxConnections = 10 }: PostgresOptions = {}): Database {
  const hosts = postgresHosts(url)
  const connections = new PrimaryConnections({ hosts, maxConnections })
  const reads = new PostgresReads(
    new PrimaryConnections({ hosts, maxConnections: maxReadConnections }),
    (connection, statements) => inSession(connection, session => session.run(statements), {}),
  )
  const query = (config: DrizzleQuery, values?: unknown[]): Promise<pg.QueryResult> =>
    connections.with(connection => ask(connection, config, values))
  return {
    kind: 'postgres',
    maxSessions: maxConnections,
    // Drizzle needs no other method of a client, as long as no transaction is begun through it.
    drizzle: drizzle({ query } as pg.Pool, { schema: tables }),
    withSession: (work, options = {}) => connections.with(connection => inSession(connection, work, options)),
    read: (statements, options) => reads.read(statements, options),
    close: async () => {
      await Promise.all([connections.close(), reads.close()])
    },
  }
}

async function inSession<T>(
  { client, peer }: Connection,
  work: (session: Session) => Promise<T>,
  options: SessionOptions,
): Promise<T> {
  const { statementTimeoutMs } = options
  const timeout =
    statementTimeoutMs === undefined ? {} : { query_timeout: statementTimeoutMs + answerMarginMs }
  const session: Session = { run: statements => runAll(client, statements, timeout) }
  if (peer.isPooled) {
    return work(pooledSession(session.run, transactionSettings(peer.serverVersion, options)))
  }
  await setPatience(client, options)
  return work(session)
}

/** Time-outs of a connection that differ from the usual ones. */
const patienceOf = new WeakMap<pg.PoolClient, string>()

/**
 * Sets how long statements of a connection may take, unless it is set already: batches, which wait for locks for less
 * than others, nearly always get the connection of the batch before. In a message of its own, since a transaction that is
 * rolled back would take the setting along. Not "reset", which would bring a role's own settings back.
 */
async function setPatience(client: pg.PoolClient, options: SessionOptions): Promise<void> {
  const key = `${options.statementTimeoutMs} ${options.lockTimeoutMs}`
  if ((patienceOf.get(client) ?? usualPatience) === key) return
  await runAll(client, patienceStatements(options).map(once), {})
  patienceOf.set(client, key)
}

const usualPatience = `${undefined} ${undefined}`

function once(text: string): Statement {
  return { name: '', text, values: [] }
}

/** All are sent at once, and answered at once. */
function runAll(
  client: pg.PoolClient,
  statements: readonly Statement[],
  timeout: { readonly query_timeout?: number },
  types?: pg.CustomTypesConfig,
): Promise<readonly (readonly Row[])[]> {
  return new Promise((resolve, reject) => {
    const parserOf = (oid: number) => types?.getTypeParser(oid, 'text') ?? readAsText(oid)
    const pipeline = new StatementPipeline(statements, parserOf, (error, rows) => {
      if (error === null) resolve(rows)
      else reject(driverError(error))
    })
    client.query(Object.assign(pipeline, timeout))
  })
}

/** A query as drizzle sends it. */
interface DrizzleQuery extends pg.QueryConfig {
  readonly rowMode?: string
}

async function ask(
  { client, peer }: Connection,
  config: DrizzleQuery,
  values: unknown[] = [],
): Promise<pg.QueryResult> {
  if (!peer.isPooled) {
    try {
      await setPatience(client, {})
      return await client.query(config, values)
    } catch (error) {
      throw driverError(error)
    }
  }
  const send: Session['run'] = statements => runAll(client, statements, {}, config.types)
  const session = pooledSession(send, transactionSettings(peer.serverVersion, {}))
  const statement: PipelinedStatement = {
    name: '',
    text: config.text,
    values,
    byPosition: config.rowMode === 'array',
  }
  const [rows = []] = await session.run([statement])
  // Drizzle reads the rows only.
  return { rows: [...rows], rowCount: rows.length, command: '', oid: 0, fields: [] }
}
