/** A result, and when it was asked for, by a clock that never moves back. */
interface Remembered<T> {
  readonly result: Promise<T>
  readonly readAtMs: number
}

/**
 * Remembers a read for a while, and lets all who come meanwhile have it: for what need not be fresh. A read
 * that fails is forgotten at once.
 */
export class CachedRead<T> {
  readonly #lifetimeMs: number
  #last: Remembered<T> | null = null

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs
  }

  /** The result of `read`, or of one that began at most the lifetime ago. */
  read(read: () => Promise<T>): Promise<T> {
    const nowMs = performance.now()
    if (this.#last !== null && nowMs - this.#last.readAtMs < this.#lifetimeMs) return this.#last.result
    const remembered = { result: read(), readAtMs: nowMs }
    this.#last = remembered
    remembered.result.catch(() => {
      if (this.#last === remembered) this.#last = null
    })
    return remembered.result
  }
}
