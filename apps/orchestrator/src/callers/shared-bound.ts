import type { Caller } from './caller.js'

/** What a caller may have, as a multiple of what it leaves free. */
const ofTheFree = 4

/** What one call takes of a {@link SharedBound}. */
export interface Taking {
  readonly caller: Caller
  readonly amount: number
  /** What the same call has taken before. Default 0. */
  readonly before?: number
  /** A lower bound for calls of its kind. Default all. */
  readonly atMost?: number
}

/**
 * A bound of the whole process that callers share: no caller can take all of it. A caller may have four times what it
 * leaves free: alone it stops at four fifths, a second one beside it at four fifths of the rest, and so on (dynamic
 * thresholds, after Choudhury and Hahne, 1998). Its first call takes what it needs: one that is larger than its part would
 * never be served.
 */
export class SharedBound {
  readonly total: number
  readonly #divided: number
  #taken = 0
  readonly #byCaller = new Map<string, number>()

  /** @param divided the part of it that callers divide; the rest is for the first calls of other callers */
  constructor(total: number, divided = total) {
    this.total = total
    this.#divided = divided
  }

  /** What all callers have. */
  get taken(): number {
    return this.#taken
  }

  /** Takes an amount; false, without a change, if there is no room for it, or none for this caller. */
  take({ caller, amount, before = 0, atMost = this.total }: Taking): boolean {
    const taken = this.#taken + amount
    if (taken > atMost) return false
    const own = caller === null ? 0 : (this.#byCaller.get(caller) ?? 0)
    if (own > before && own + amount > ofTheFree * (this.#divided - taken)) return false
    this.#taken = taken
    if (caller !== null) this.#byCaller.set(caller, own + amount)
    return true
  }

  /** Gives back what a caller has taken. */
  giveBack(caller: Caller, amount: number): void {
    this.#taken -= amount
    if (caller === null) return
    const left = (this.#byCaller.get(caller) ?? 0) - amount
    if (left > 0) this.#byCaller.set(caller, left)
    else this.#byCaller.delete(caller)
  }
}
