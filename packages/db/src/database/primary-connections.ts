import { QuotaError } from '@quotakeeper/quota-core'
import pg from 'pg'
import { greeting, laterSettings, type Peer, readPeer } from './session-settings.js'
import { readAsText } from './value-parsers.js'

/** How long acquiring a connection may take: making one, or waiting for one. */
const connectTimeoutMs = 2_000
/**
 * Time-out of an answer. The server cancels a statement after five seconds; this is for a server or a network that does
 * not answer at all.
 */
const answerTimeoutMs = 7_000

/** A query that may take longer than others. */
interface TimedQuery extends pg.QueryConfig {
  readonly query_timeout: number
}

/** Where a server is, and how it is connected to. */
export interface ConnectionsOptions {
  /** One URL each. */
  readonly hosts: readonly [string, ...string[]]
  readonly maxConnections: number
}

/** A connection, and what it leads to. */
export interface Connection {
  readonly client: pg.PoolClient
  readonly peer: Peer
}

/** Kept beside the connections of the pool, which makes and drops them. */
const peers = new WeakMap<pg.ClientBase, Peer>()

/**
 * A bounded number of connections to the first of some hosts that is no standby. The host that has served
 * last is asked first; where it fails, the others are, each for two seconds at most.
 */
export class PrimaryConnections {
  readonly #hosts: readonly [string, ...string[]]
  readonly #pool: pg.Pool
  #current = 0
  #closed: Promise<void> | null = null

  constructor({ hosts, maxConnections }: ConnectionsOptions) {
    this.#hosts = hosts
    this.#pool = new pg.Pool({
      connectionString: hosts[0],
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: answerTimeoutMs,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      application_name: 'quotakeeper',
      types: { getTypeParser: readAsText },
      verify: greet,
    })
    // A connection that breaks fails its work, or is removed when idle. The event is emitted in addition, and without a
    // listener would end the process, even while a new connection is still being verified.
    this.#pool.on('connect', client => client.on('error', ignore))
    this.#pool.on('error', ignore)
  }

  /**
   * Runs work on a connection of its own. Where it rejects, the connection is closed, whatever state it is in.
   * @throws QuotaError STORE_UNAVAILABLE when acquiring a connection fails; what the work throws.
   */
  async with<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    try {
      const result = await work({ client, peer: peerOf(client) })
      client.release()
      return result
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  /** Waits for the work that is under way. Idempotent. */
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
        // Where all connections are in use, the next host has no free one either.
        if (isFull) break
        this.#moveOnFrom(host)
      }
    }
    const message = `acquiring a database connection failed (${reasonOf(failure)}); try again shortly`
    throw new QuotaError('STORE_UNAVAILABLE', message, { cause: failure })
  }

  /** Tries the next host next time. Several callers that fail at once move on once. */
  #moveOnFrom(host: number): void {
    if (this.#hosts.length === 1 || this.#current !== host) return
    this.#current = (host + 1) % this.#hosts.length
    // The pool reads its options whenever it makes a connection.
    Object.assign(this.#pool.options, { connectionString: this.#hosts[this.#current] })
  }
}

function ignore(): void {}

/** Called by the pool: asks what a new connection leads to, and prepares its session. */
function greet(client: pg.ClientBase, done: (error?: Error) => void): void {
  prepare(client).then(() => done(), done)
}

async function prepare(client: pg.ClientBase): Promise<void> {
  const query: TimedQuery = { text: greeting, values: [processIdOf(client)], query_timeout: connectTimeoutMs }
  const { rows } = await client.query(query)
  const peer = readPeer(rows[0])
  if (peer.isStandby) throw new Error('this server is a standby')
  const text = laterSettings(peer)
  if (text !== null) {
    const later: TimedQuery = { text, query_timeout: connectTimeoutMs }
    await client.query(later)
  }
  peers.set(client, peer)
}

/** The process id that the protocol gave when the connection was made. A field that pg's types leave out. */
function processIdOf(client: pg.ClientBase): number {
  const id = 'processID' in client ? client.processID : null
  return typeof id === 'number' ? id : 0
}

function peerOf(client: pg.ClientBase): Peer {
  const peer = peers.get(client)
  if (peer === undefined) throw new Error('a connection was handed out that is not verified')
  return peer
}

/** In one line, for the operator. Errors of the driver and the server repeat no password. */
function reasonOf(failure: unknown): string {
  const words = (failure instanceof Error ? failure.message : String(failure)).replaceAll(/\s+/g, ' ')
  return words === '' && failure instanceof Error && 'code' in failure ? String(failure.code) : words
}
