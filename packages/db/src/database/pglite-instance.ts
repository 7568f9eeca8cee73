import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { QuotaError } from '@quotakeeper/quota-core'

/** Between two tries to reopen a database, whose disk is full, for example. */
const reopenPauseMs = 1_000
/** Log between two checkpoints: the next start replays all of it. */
const checkpointBytes = 64 * 1024 * 1024
/** Uses between two checks of the log's size: a batch writes a megabyte at most. */
const usesBetweenLooks = 32

/**
 * PGlite, reopened where it has died. Its PostgreSQL ends itself where it cannot write its log, and later queries are
 * never answered. One user at a time.
 */
export class PgliteInstance {
  readonly #options: PGliteOptions
  #living: PGlite | null
  #nextOpeningMs = 0
  #useCount = 0

  private constructor(options: PGliteOptions, living: PGlite) {
    this.#options = options
    this.#living = living
  }

  static async open(options: PGliteOptions): Promise<PgliteInstance> {
    return new PgliteInstance(options, await opened(options))
  }

  /**
   * Answers what the work does. The work queries the database by `ask`.
   * @throws QuotaError STORE_UNAVAILABLE while the database cannot be opened again; what the work throws
   */
  async use<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    const pglite = await this.#alive()
    const ask: Ask = async question => {
      // A transaction must not continue in the database that replaces this one.
      if (this.#living !== pglite) throw unavailable(undefined)
      try {
        return await question(pglite)
      } catch (error) {
        if (!hasDied(error)) throw isStorageFault(error) ? unavailable(error) : error
        this.#living = null
        throw unavailable(error)
      }
    }
    const result = await work(ask)
    await this.#checkpointWhenDue(ask)
    return result
  }

  async close(): Promise<void> {
    await this.#living?.close()
  }

  async #alive(): Promise<PGlite> {
    if (this.#living !== null) return this.#living
    // What was in memory is lost; an empty database in its place would grant everything again.
    const isLost = this.#options.dataDir?.startsWith('memory:') === true
    if (isLost || performance.now() < this.#nextOpeningMs) throw unavailable(undefined)
    try {
      this.#living = await opened(this.#options)
      return this.#living
    } catch (error) {
      this.#nextOpeningMs = performance.now() + reopenPauseMs
      throw unavailable(error)
    }
  }

  /** PGlite has no checkpointer process. A failure here is not the failure of the work before. */
  async #checkpointWhenDue(ask: Ask): Promise<void> {
    this.#useCount += 1
    if (this.#useCount % usesBetweenLooks !== 0) return
    const text =
      'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::bigint as bytes from pg_control_checkpoint()'
    try {
      const { rows } = await ask(pglite => pglite.query<{ readonly bytes: unknown }>(text))
      if (Number(rows[0]?.bytes) >= checkpointBytes) await ask(pglite => pglite.exec('checkpoint'))
    } catch {
      // It is due again at the next check; where the database has died, the next use reopens it.
    }
  }
}

/** Queries the database. @throws its error; QuotaError STORE_UNAVAILABLE for one of storage, or its end */
export type Ask = <T>(question: (pglite: PGlite) => Promise<T>) => Promise<T>

async function opened(options: PGliteOptions): Promise<PGlite> {
  const pglite = await PGlite.create(options)
  await pglite.exec("set timezone to 'UTC'; set enable_seqscan to off")
  return pglite
}

/** Whether the database has ended with this error. */
function hasDied(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === 'RuntimeError') return true
  return 'severity' in error && (error.severity === 'PANIC' || error.severity === 'FATAL')
}

/** SQLSTATE classes 53 (resources: a full disk) and 58 (system: input and output). */
function isStorageFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^5[38]/.test(String(error.code))
}

function unavailable(cause: unknown): QuotaError {
  const text = 'the embedded database cannot read or write its folder; check the disk, and try again shortly'
  return new QuotaError('STORE_UNAVAILABLE', text, cause === undefined ? {} : { cause })
}
