/** Of the wait, by which returns are spread at most, and within which bounds. */
const share = 0.1
const leastSpreadMs = 2_000
const maxSpreadMs = 10_000
/** Multiples of it, modulo 1, lie evenly between each other, however many there are. */
const goldenRatio = 0.618_033_988_75
const maxRemembered = 1_000

/**
 * Spreads clients that are told of one and the same return: those who all came at its very instant would meet
 * one key at once, and be refused again. The first is told the instant itself, nobody an earlier one.
 */
export class ReturnSpread {
  /** How many were told of a return, by its second. */
  readonly #reported = new Map<number, number>()

  /** When this client is to come again; epoch milliseconds. */
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
