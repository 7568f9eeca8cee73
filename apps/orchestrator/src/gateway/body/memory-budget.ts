import type { Caller } from '../../callers/caller.js'
import { SharedBound } from '../../callers/shared-bound.js'

/** Largest fraction for large shares; the rest is reserved for small calls. */
const largeShare = 0.8
/** Shares up to this size are small. */
const smallBytes = 4_194_304

/**
 * The memory budget of all calls in flight, so that large calls cannot exhaust the process. A share is taken before
 * data is read, and returned when the call has ended.
 */
export class MemoryBudget {
  readonly #bound: SharedBound

  /** @param totalBytes the budget of all calls */
  constructor(totalBytes: number) {
    this.#bound = new SharedBound(totalBytes, totalBytes * largeShare)
  }

  get totalBytes(): number {
    return this.#bound.total
  }

  get takenBytes(): number {
    return this.#bound.taken
  }

  /** Whether a share of this size could be granted without other calls. */
  couldGive(bytes: number): boolean {
    return bytes <= Math.max(this.totalBytes * largeShare, Math.min(smallBytes, this.totalBytes))
  }

  /** Opens an empty share of one of a caller's calls. */
  open(caller: Caller): MemoryShare {
    let sharedBytes = 0
    return {
      growTo: bytes => {
        const moreBytes = bytes - sharedBytes
        if (moreBytes <= 0) return true
        const atMost = bytes <= smallBytes ? this.totalBytes : this.totalBytes * largeShare
        if (!this.#bound.take({ caller, amount: moreBytes, before: sharedBytes, atMost })) return false
        sharedBytes = bytes
        return true
      },
      close: () => {
        this.#bound.giveBack(caller, sharedBytes)
        sharedBytes = 0
      },
    }
  }
}

/** One call's share of the budget. */
export interface MemoryShare {
  /** Grows the share to this many bytes. False, without a change, if there is currently no room. */
  growTo(bytes: number): boolean
  /** Returns the whole share. */
  close(): void
}
