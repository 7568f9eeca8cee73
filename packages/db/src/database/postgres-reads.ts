import { QuotaError, type ReadOptions } from '@quotakeeper/quota-core'
import { requestCancel } from './cancel-request.js'
import type { Row, Statement } from './database.js'
import type { Connection, PrimaryConnections } from './primary-connections.js'
import { callerHasGone, ReadLane } from './read-lane.js'

/** Connections for pages that a person waits for. */
const maxPages = 2
/** Connections for files and examinations: they take long, however many there are. */
const maxBulk = 1
/** Connections that reads have, beside those of calls. */
export const maxReadConnections: number = maxPages + maxBulk

/** Sends statements on a connection. */
type Run = (connection: Connection, statements: readonly Statement[]) => Promise<readonly (readonly Row[])[]>

/** Reads on connections of their own, so that no reader takes one from a call. */
export class PostgresReads {
  readonly #connections: PrimaryConnections
  readonly #run: Run
  readonly #pages = new ReadLane({ maxRunning: maxPages, maxWaiting: 100, maxWaitMs: 5_000 })
  readonly #bulk = new ReadLane({ maxRunning: maxBulk, maxWaiting: 100, maxWaitMs: null })

  constructor(connections: PrimaryConnections, run: Run) {
    this.#connections = connections
    this.#run = run
  }

  /** @throws QuotaError READ_REFUSED, STORE_UNAVAILABLE; the server's error of the first statement that fails */
  read(
    statements: readonly Statement[],
    { isBulk = false, signal }: ReadOptions = {},
  ): Promise<readonly (readonly Row[])[]> {
    const lane = isBulk ? this.#bulk : this.#pages
    const read = () => this.#connections.with(connection => this.#runUntil(connection, statements, signal))
    return lane.run(read, signal)
  }

  close(): Promise<void> {
    return this.#connections.close()
  }

  /** Rejects at once where the caller aborts: the connection is then closed, whatever it executes. */
  async #runUntil(
    connection: Connection,
    statements: readonly Statement[],
    signal: AbortSignal | undefined,
  ): Promise<readonly (readonly Row[])[]> {
    if (signal?.aborted) throw callerHasGone()
    let onAbort: (() => void) | undefined
    const gone = new Promise<never>((_, reject) => {
      onAbort = () => {
        requestCancel(connection.client)
        reject(callerHasGone())
      }
      signal?.addEventListener('abort', onAbort, { once: true })
    })
    try {
      return await Promise.race([this.#run(connection, statements), gone])
    } catch (error) {
      throw isGivenUp(error) ? tooSlow(error) : error
    } finally {
      if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort)
    }
  }
}

/** SQLSTATE 57014: the server has cancelled the statement by its time-out. */
function isGivenUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014'
}

function tooSlow(cause: unknown): QuotaError {
  const message = 'the read takes too long: ask for fewer days, one provider or fewer groups'
  return new QuotaError('READ_REFUSED', message, { cause })
}
