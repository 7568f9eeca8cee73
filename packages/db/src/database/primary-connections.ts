import { QuotaError } from '@quotakeeper/quota-core'
import pg from 'pg'
import { readAsText } from './value-parsers.js'

/** How long a connection may take to be had, be it made or waited for. */
const connectTimeoutMs = 2_000
/**
 * How long an answer is waited for. The server gives a statement up after five seconds; this is for the
 * server, or the network, that no longer says anything.
 */
const answerTimeoutMs = 7_000

/** A query that may take longer than others. */
interface TimedQuery extends pg.QueryConfig {
  readonly query_timeout: number
}

/** Where a server is, and how it is talked to. */
export interface ConnectionsOptions {
  /** One URL each. */
  readonly hosts: readonly [string, ...string[]]
  readonly mostConnections: number
  /** Settings of each connection, as PostgreSQL's command line has them. */
  readonly settings: string
}

/**
 * A bounded number of connections to the first of some hosts that is no standby. The host that has served
 * last is asked first; where it fails, the others are, each for two seconds at most.
 */
export class PrimaryConnections {
  readonly #hosts: readonly [string, ...string[]]
  readonly #pool: pg.Pool
  #current = 0
  #closed: Promise<void> | null = null

  constructor({ hosts, mostConnections, settings }: ConnectionsOptions) {
    this.#hosts = hosts
    this.#pool = new pg.Pool({
      connectionString: hosts[0],
      max: mostConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: answerTimeoutMs,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      application_name: 'quotakeeper',
      options: settings,
      types: { getTypeParser: readAsText },
      verify: refuseStandby,
    })
    // A connection that breaks fails the work on it, or is simply gone when idle. The event comes besides,
    // and without a listener would end the process, even where a new connection is still being verified.
    this.#pool.on('connect', client => client.on('error', ignore))
    this.#pool.on('error', ignore)
  }

  /**
   * Work on a connection that nobody else uses meanwhile. Where it rejects, nobody gets the connection
   * again, whatever state it is in.
   * @throws QuotaError STORE_UNAVAILABLE when no connection can be had; what the work throws.
   */
  async with<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  /** Waits for the work that is under way. Again: the same. */
  close(): Promise<void> {
    this.#closed ??= this.#pool.end()
    return this.#closed
  }

  async #connect(): Promise<pg.PoolClient> {
    let failure: unknown
    for (let tries = 0; tries < this.#hosts.length; tries++) {
      const host = this.#current
      const isFull = this.#pool.idleCount === 0 && this.#pool.totalCount >= this.#pool.options.max
      try {
        return await this.#pool.connect()
      } catch (error) {
        failure = error
        // Where all connections are at work, the next host has none to give either.
        if (isFull) break
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
  const question: TimedQuery = {
    text: 'select pg_is_in_recovery() as standby',
    query_timeout: connectTimeoutMs,
  }
  client
    .query(question)
    .then(
      ({ rows }) => done(rows[0]?.standby === true ? new Error('this server is a standby') : undefined),
      done,
    )
}
