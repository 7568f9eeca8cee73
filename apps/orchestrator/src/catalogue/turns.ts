/** A semaphore: bounds concurrent work; others wait in order. */
export class Turns {
  readonly #atOnce: number
  readonly #waiting: (() => void)[] = []
  #busy = 0

  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.#atOnce) await new Promise<void>(resolve => this.#waiting.push(resolve))
    else this.#busy++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      // Passes the turn to the next waiter.
      if (next === undefined) this.#busy--
      else next()
    }
  }
}
