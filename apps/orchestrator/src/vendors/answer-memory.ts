import { bodyWeight, leastWeight } from '../gateway/body/body-weight.js'
import type { MemoryBudget, MemoryShare } from '../gateway/body/memory-budget.js'

/** So much of an answer has room always: the number of calls is bounded, and most answers are no longer. */
const freeBytes = 65_536
/** An answer of unknown size takes memory in steps of this, in bytes. */
const stepBytes = 65_536

/** There is no memory for an answer. */
export class NoRoomForAnswer extends Error {
  override readonly name = 'NoRoomForAnswer'
}

/**
 * The memory that one request's answers take while they are held whole, or an event of a stream is, out of the budget of all calls. One at a time:
 * what an answer that was given up had taken is there for the next.
 */
export class AnswerMemory {
  readonly #budget: MemoryBudget
  readonly #share: MemoryShare
  #isInVain = false

  constructor(budget: MemoryBudget) {
    this.#budget = budget
    this.#share = budget.open()
  }

  /** Whether an answer like the one that had no room would have none if there were no other calls. */
  get isInVain(): boolean {
    return this.#isInVain
  }

  /** Takes memory for an answer of so many bytes, before it is read. @throws NoRoomForAnswer */
  take(bytes: number): void {
    if (bytes > freeBytes) this.#growTo(leastWeight(Math.ceil(bytes / stepBytes) * stepBytes))
  }

  /** Takes what a whole answer weighs once it is parsed, before it is. @throws NoRoomForAnswer */
  takeWhole(answer: Buffer): void {
    if (answer.length > freeBytes) this.#growTo(bodyWeight(answer))
  }

  /** Gives all of it back. */
  close(): void {
    this.#share.close()
  }

  #growTo(bytes: number): void {
    if (this.#share.growTo(bytes)) return
    this.#isInVain = !this.#budget.couldGive(bytes)
    throw new NoRoomForAnswer('no memory for the answer')
  }
}
