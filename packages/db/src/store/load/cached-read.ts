/** A result, and when it was asked for, by a monotonic clock. */
interface Cached<T> {
  readonly result: Promise<T>
  readonly readAtMs: number
}

/**
 * Caches a read for a while, for all callers: for what need not be fresh. A read that fails is dropped at once.
 */
export class CachedRead<T> {
  readonly #lifetimeMs: number
  #last: Cached<T> | null = null

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs
  }

  /** The result of `read`, or of one that began at most the lifetime ago. */
  read(read: () => Promise<T>): Promise<T> {
    const nowMs = performance.now()
    if (this.#last !== null && nowMs - this.#last.readAtMs < this.#lifetimeMs) return this.#last.result
    const cached = { result: read(), readAtMs: nowMs }
    this.#last = cached
    cached.result.catch(() => {
      if (this.#last === cached) this.#last = null
    })
    return cached.result
  }
}
