/** What no single share may take: the rest is for calls that are small. */
const largeShare = 0.8
/** A share of so many bytes is small. */
const smallBytes = 4_194_304

/**
 * The memory that calls in flight may take together, so that no number of large ones ends the process. A share
 * is taken before what it stands for is read, and given back when the call has ended.
 */
export class MemoryBudget {
  readonly totalBytes: number
  #takenBytes = 0

  /** @param totalBytes for all calls together */
  constructor(totalBytes: number) {
    this.totalBytes = totalBytes
  }

  get takenBytes(): number {
    return this.#takenBytes
  }

  /** Whether a share of this size would be given if there were no others. */
  couldGive(bytes: number): boolean {
    return bytes <= Math.max(this.totalBytes * largeShare, Math.min(smallBytes, this.totalBytes))
  }

  /** An empty share. */
  open(): MemoryShare {
    let sharedBytes = 0
    return {
      growTo: bytes => {
        const moreBytes = bytes - sharedBytes
        if (moreBytes <= 0) return true
        const availableBytes = bytes <= smallBytes ? this.totalBytes : this.totalBytes * largeShare
        if (this.#takenBytes + moreBytes > availableBytes) return false
        this.#takenBytes += moreBytes
        sharedBytes = bytes
        return true
      },
      close: () => {
        this.#takenBytes -= sharedBytes
        sharedBytes = 0
      },
    }
  }
}

/** One call's part of the budget. */
export interface MemoryShare {
  /** Takes what is missing to so many bytes. False, and nothing taken, where there is no room for it at present. */
  growTo(bytes: number): boolean
  /** Gives all of it back. */
  close(): void
}
