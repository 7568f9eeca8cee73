import type { Caller } from '../callers/caller.js'
import { bodyWeight, leastWeight } from '../gateway/body/body-weight.js'
import type { MemoryBudget, MemoryShare } from '../gateway/body/memory-budget.js'

/** Part of an answer that needs no budget: the number of calls is bounded, and most answers are smaller. */
const freeBytes = 65_536
/** Memory step for an answer of unknown size. */
const stepBytes = 65_536

/** Thrown if there is no memory for an answer. */
export class NoRoomForAnswer extends Error {
  override readonly name = 'NoRoomForAnswer'
}

/**
 * The share of one request's buffered answers or stream events in the memory budget. One answer at a time: memory of an
 * abandoned answer is reused for the next.
 */
export class AnswerMemory {
  readonly #budget: MemoryBudget
  readonly #share: MemoryShare
  #isInVain = false

  constructor(budget: MemoryBudget, caller: Caller) {
    this.#budget = budget
    this.#share = budget.open(caller)
  }

  /** Whether the refused answer would not fit even without other calls. */
  get isInVain(): boolean {
    return this.#isInVain
  }

  /** Takes memory for an answer of this many bytes before it is read. @throws NoRoomForAnswer */
  take(bytes: number): void {
    if (bytes > freeBytes) this.#growTo(leastWeight(Math.ceil(bytes / stepBytes) * stepBytes))
  }

  /** Takes the memory of a parsed answer before parsing. @throws NoRoomForAnswer */
  takeWhole(answer: Buffer): void {
    if (answer.length > freeBytes) this.#growTo(bodyWeight(answer))
  }

  /** Returns all memory. */
  close(): void {
    this.#share.close()
  }

  #growTo(bytes: number): void {
    if (this.#share.growTo(bytes)) return
    this.#isInVain = !this.#budget.couldGive(bytes)
    throw new NoRoomForAnswer('no memory for the answer')
  }
}
