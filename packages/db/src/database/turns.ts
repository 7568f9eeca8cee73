import { QuotaError } from '@quotakeeper/quota-core'

/** Lets pieces of work have something one after the other, in the order in which they came. */
export class Turns {
  readonly #mostWaiting: number
  #waitingCount = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(mostWaiting: number) {
    this.#mostWaiting = mostWaiting
  }

  /**
   * What the work answers or throws, once it has had its turn.
   * @throws QuotaError STORE_UNAVAILABLE when too many are waiting already.
   */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waitingCount >= this.#mostWaiting) {
      const message = `${this.#mostWaiting} are waiting for the database already; try again shortly`
      throw new QuotaError('STORE_UNAVAILABLE', message)
    }
    return this.takeLast(work)
  }

  /** The same for work that must be done, however many are waiting. */
  takeLast<T>(work: () => Promise<T>): Promise<T> {
    this.#waitingCount += 1
    const turn = this.#last.then(() => {
      this.#waitingCount -= 1
      return work()
    })
    // Whoever comes next waits for this turn's end, however it ends; its failure is its caller's.
    this.#last = turn.then(ignore, ignore)
    return turn
  }
}

function ignore(): void {}
