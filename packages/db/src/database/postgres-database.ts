import { QuotaError } from '@quotakeeper/quota-core'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import * as tables from '../schema/tables.js'
import type { Database, Row, Session, Statement } from './database.js'
import { postgresHosts } from './postgres-hosts.js'
import { readAsText } from './value-parsers.js'

/** How a server is used. */
export interface PostgresOptions {
  /** Most connections at once; 10 unless given. */
  readonly mostConnections?: number
}

/** How long a connection may take to be had, be it made or waited for. */
const connectTimeoutMs = 2_000

/**
 * Settings of each connection, given when it is made and so without a trip. A process that is paused in
 * mid-transaction blocks the others for two seconds at most. Statements are planned once, when tables may
 * still be empty, and reading a whole table looks cheap: without `enable_seqscan=off` the ledger was read
 * from end to end for each batch, for ever (5,400 instead of 40,000 decisions/s).
 */
const settings = [
  '-c lock_timeout=2s',
  '-c statement_timeout=5s',
  '-c idle_in_transaction_session_timeout=2s',
  '-c TimeZone=UTC',
  '-c enable_seqscan=off',
].join(' ')

/**
 * Opens a server. Connections are made as they are needed; of several hosts in the URL the first that is
 * no standby serves, and is looked for again when it fails.
 * @throws QuotaError INVALID_INPUT for a URL of another form.
 */
export function openPostgres(url: string, { mostConnections = 10 }: PostgresOptions = {}): Database {
  const connections = new PrimaryConnections(postgresHosts(url), mostConnections)
  const query = (config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> =>
    connections.with(client => client.query(config, values))
  return {
    kind: 'postgres',
    // Drizzle asks no more of a client than this method, as long as no transaction is begun through it.
    drizzle: drizzle({ query } as pg.Pool, { schema: tables }),
    withSession: work => connections.with(client => work(sessionOf(client))),
    close: () => connections.close(),
  }
}

/** Connections to the first of some hosts that is no standby. */
class PrimaryConnections {
  readonly #hosts: readonly string[]
  readonly #pool: pg.Pool
  #current = 0

  constructor(hosts: readonly [string, ...string[]], mostConnections: number) {
    this.#hosts = hosts
    this.#pool = new pg.Pool({
      connectionString: hosts[0],
      max: mostConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 60_000,
      pipeline: true,
      keepAlive: true,
      application_name: 'quotakeeper',
      options: settings,
      types: { getTypeParser: readAsText },
      verify: refuseStandby,
    })
    // A connection that breaks while idle is simply gone; without a listener it would end the process.
    this.#pool.on('error', () => {})
  }

  async with<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    // A connection that breaks at work fails the work; the event would end the process besides.
    client.on('error', ignore)
    try {
      const result = await work(client)
      client.off('error', ignore)
      client.release()
      return result
    } catch (error) {
      // Whatever state the connection is in, nobody gets it again.
      client.release(true)
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #connect(): Promise<pg.PoolClient> {
    let failure: unknown
    for (let tries = 0; tries < this.#hosts.length; tries++) {
      const host = this.#current
      try {
        return await this.#pool.connect()
      } catch (error) {
        failure = error
        this.#moveOnFrom(host)
      }
    }
    throw new QuotaError('STORE_UNAVAILABLE', 'no connection to the database can be had; try again shortly', {
      cause: failure,
    })
  }

  /** Next time, the next host. Several callers that fail at once move on once. */
  #moveOnFrom(host: number): void {
    if (this.#hosts.length === 1 || this.#current !== host) return
    this.#current = (host + 1) % this.#hosts.length
    // The pool reads its options whenever it makes a connection.
    Object.assign(this.#pool.options, { connectionString: this.#hosts[this.#current] })
  }
}

function ignore(): void {}

function refuseStandby(client: pg.ClientBase, done: (error?: Error) => void): void {
  client
    .query('select pg_is_in_recovery() as standby')
    .then(
      ({ rows }) => done(rows[0]?.standby === true ? new Error('this server is a standby') : undefined),
      done,
    )
}

function sessionOf(client: pg.PoolClient): Session {
  return { run: statements => runAll(client, statements) }
}

/** All are sent at once; every answer is awaited, so that no failure goes unhandled. */
async function runAll(
  client: pg.PoolClient,
  statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
  const results = await Promise.allSettled(
    statements.map(statement => client.query<Row>(configOf(statement))),
  )
  return results.map(result => {
    if (result.status === 'rejected') throw result.reason
    return result.value.rows
  })
}

function configOf({ name, text, values }: Statement): pg.QueryConfig {
  return name === '' ? { text } : { name, text, values: [...values] }
}
