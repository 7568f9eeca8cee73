/** Largest spread of returns as a fraction of the wait, and its bounds. */
const share = 0.1
const leastSpreadMs = 2_000
const maxSpreadMs = 10_000
/** Its multiples modulo 1 are evenly distributed, for any number of them. */
const goldenRatio = 0.618_033_988_75
const maxRemembered = 1_000

/**
 * Spreads clients with the same return: if all retried at that instant, they would hit one key at once and be refused
 * again. The first gets the instant itself, none an earlier one.
 */
export class ReturnSpread {
  /** Number of clients per return, by second. */
  readonly #reported = new Map<number, number>()

  /** When this client should retry; epoch milliseconds. */
  spread(returnMs: number, nowMs: number): number {
    const second = Math.floor(returnMs / 1_000)
    const before = this.#reported.get(second) ?? 0
    this.#reported.set(second, before + 1)
    const oldest = this.#reported.keys().next()
    if (this.#reported.size > maxRemembered && !oldest.done) this.#reported.delete(oldest.value)
    const spreadMs = Math.min(Math.max((returnMs - nowMs) * share, leastSpreadMs), maxSpreadMs)
    return returnMs + Math.round(((before * goldenRatio) % 1) * spreadMs)
  }
}
