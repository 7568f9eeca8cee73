import { timingSafeEqual } from 'node:crypto'
import { type AccessTokens, type FoundTokens, type KeptToken, SharedReads } from '@quotakeeper/db'
import { type ConsumerTree, QuotaError, tokenState, validUntilMs } from '@quotakeeper/quota-core'

/** Most hashes kept, of tokens or of nothing; the least recently used is dropped first. */
const maxKept = 10_000
/** Most callers that wait for a read. */
const maxWaiting = 2_000
/** Largest age of an answer: together with the time of a call, a token ends everywhere within a second. */
const maxTokenAgeMs = 500
/** How often the use of tokens is written. */
const noteEveryMs = 5_000
/** The use of a token is written at most once in this time. */
const noteAgainMs = 60_000

/** What is known of a hash. */
export interface KnownToken {
  /** Null unless the token is valid. */
  readonly token: KeptToken | null
  /** Whether any token is stored. */
  readonly areInUse: boolean
  /** For how long this holds, in milliseconds: at most 1,000 since it was read, and to the token's end. */
  readonly validForMs: number
}

interface Entry {
  readonly token: KeptToken | null
  readonly areInUse: boolean
  /** By this process's monotonic clock, before the read began. */
  readonly readAtMs: number
  /** The database's clock minus the monotonic one. */
  readonly aheadMs: number
}

interface KnownTokensOptions {
  readonly rows: Pick<AccessTokens, 'find' | 'noteUse'>
  readonly consumerTree: Pick<ConsumerTree, 'isRemoved'>
  readonly log: { warn(details: object, text: string): void }
}

/**
 * The tokens of callers, read by hash and kept for half a second at most, so that a token that was revoked or has expired
 * is refused by every replica within a second. Instants are the database's, whatever this machine's clock says. Concurrent
 * lookups share a statement.
 */
export class KnownTokens {
  readonly #rows: KnownTokensOptions['rows']
  readonly #tree: KnownTokensOptions['consumerTree']
  readonly #log: KnownTokensOptions['log']
  readonly #reads: SharedReads<{ readonly found: FoundTokens; readonly readAtMs: number }>
  readonly #entries = new Map<string, Entry>()
  readonly #used = new Set<string>()
  readonly #notedAtMs = new Map<string, number>()
  #waiting = 0
  #timer: NodeJS.Timeout | null = null
  #noting: Promise<void> = Promise.resolve()

  constructor({ rows, consumerTree, log }: KnownTokensOptions) {
    this.#rows = rows
    this.#tree = consumerTree
    this.#log = log
    this.#reads = new SharedReads(async sha256s => {
      const readAtMs = performance.now()
      return { found: await rows.find(sha256s), readAtMs }
    })
  }

  /**
   * What is known of a hash.
   * @param maxAgeMs largest age of the answer
   * @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure
   */
  async find(sha256: string, maxAgeMs: number = maxTokenAgeMs): Promise<KnownToken> {
    const kept = this.#entries.get(sha256)
    const isFresh = kept !== undefined && performance.now() - kept.readAtMs <= maxAgeMs
    const entry = isFresh ? kept : await this.#read(sha256)
    this.#keep(sha256, entry)
    const known = knownFrom(entry, performance.now())
    if (known.token !== null) this.#noteUse(known.token.id)
    return known
  }

  /** Forgets everything, after a change by this process. */
  forget(): void {
    this.#entries.clear()
  }

  /** Writes the uses that are not written yet. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#noting
    if (this.#used.size > 0) await this.#writeUses()
  }

  async #read(sha256: string): Promise<Entry> {
    if (this.#waiting >= maxWaiting)
      throw new QuotaError(
        'STORE_UNAVAILABLE',
        `${maxWaiting} callers are waiting for their tokens to be read`,
      )
    this.#waiting++
    try {
      const { found, readAtMs } = await this.#reads.read([sha256])
      const token = found.bySha256.get(sha256) ?? null
      const isSame = token !== null && timingSafeEqual(Buffer.from(token.sha256), Buffer.from(sha256))
      const aheadMs = found.nowMs - performance.now()
      const isOrphan = token?.consumer != null && (await this.#tree.isRemoved(token.consumer))
      return { token: isSame && !isOrphan ? token : null, areInUse: found.areInUse, readAtMs, aheadMs }
    } finally {
      this.#waiting--
    }
  }

  #keep(sha256: string, entry: Entry): void {
    this.#entries.delete(sha256)
    this.#entries.set(sha256, entry)
    if (this.#entries.size <= maxKept) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  #noteUse(id: string): void {
    const notedAtMs = this.#notedAtMs.get(id) ?? Number.NEGATIVE_INFINITY
    if (performance.now() - notedAtMs < noteAgainMs || this.#used.size >= maxKept) return
    if (this.#notedAtMs.size >= maxKept) this.#notedAtMs.clear()
    this.#notedAtMs.set(id, performance.now())
    this.#used.add(id)
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#noting = this.#writeUses()
    }, noteEveryMs).unref()
  }

  /** Best effort: a lost use is noted again after a minute. Never rejects. */
  async #writeUses(): Promise<void> {
    const ids = [...this.#used]
    this.#used.clear()
    try {
      await this.#rows.noteUse(ids)
    } catch (err) {
      this.#log.warn({ err }, 'the last use of tokens could not be written')
    }
  }
}

/** Longest time for which an answer holds, from before it was read. */
const holdsMs = 1_000

function knownFrom({ token, areInUse, readAtMs, aheadMs }: Entry, atMs: number): KnownToken {
  const nowMs = atMs + aheadMs
  const endsInMs = token === null ? null : validUntilMs(token)
  const restMs = Math.max(0, readAtMs + holdsMs - atMs)
  const isValid = token !== null && tokenState(token, nowMs) === 'valid'
  return {
    token: isValid ? token : null,
    areInUse,
    validForMs: isValid && endsInMs !== null ? Math.min(restMs, endsInMs - nowMs) : restMs,
  }
}
