import { QuotaError } from '@quotakeeper/quota-core'

/** How long other work may go before work that gives way, in milliseconds. */
const longestWaitMs = 1_000

interface WaitingWork {
  readonly start: () => void
  readonly sinceMs: number
}

/**
 * Gives exclusive use to pieces of work, one after the other, in the order in which they came. Work that gives way goes
 * after all other, but waits for a second at most.
 */
export class Turns {
  readonly #maxWaiting: number
  readonly #waiting: WaitingWork[] = []
  readonly #givingWay: WaitingWork[] = []
  #isBusy = false

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting
  }

  /**
   * Runs the work when it is its turn; answers and throws what it does.
   * @throws QuotaError STORE_UNAVAILABLE when too many are waiting already.
   */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= this.#maxWaiting) {
      const message = `${this.#maxWaiting} are already waiting for the database; try again shortly`
      throw new QuotaError('STORE_UNAVAILABLE', message)
    }
    return this.takeLast(work)
  }

  /** The same for work that must be done, however much is waiting. */
  takeLast<T>(work: () => Promise<T>): Promise<T> {
    return this.#queued(this.#waiting, work)
  }

  /** The same for work that lets other work go first, and whose number is bounded elsewhere. */
  takeWhenQuiet<T>(work: () => Promise<T>): Promise<T> {
    return this.#queued(this.#givingWay, work)
  }

  async #queued<T>(queue: WaitingWork[], work: () => Promise<T>): Promise<T> {
    await new Promise<void>(start => {
      queue.push({ start, sinceMs: performance.now() })
      if (!this.#isBusy) this.#next()
    })
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  #next(): void {
    const [late] = this.#givingWay
    const isOverdue = late !== undefined && performance.now() - late.sinceMs > longestWaitMs
    const next = isOverdue ? this.#givingWay.shift() : (this.#waiting.shift() ?? this.#givingWay.shift())
    this.#isBusy = next !== undefined
    next?.start()
  }
}
