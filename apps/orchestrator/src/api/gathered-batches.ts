/** Bounds of batches. */
export interface BatchBounds {
  readonly maxItems: number
  /** Largest total size of the items; a larger item is sent alone. */
  readonly maxSize: number
  /** Most concurrent batches. */
  readonly maxUnderWay: number
  /** Longest delay of an item that may wait, if no other item is sent. */
  readonly longestWaitMs: number
}

/** An item of a batch. */
export interface Gathered {
  /** Whether it may be delayed. */
  readonly mayWait: boolean
  readonly size: number
}

/**
 * Sends items in batches. Items of one event-loop turn are sent together; items that arrive while enough batches are in
 * flight join the next one; items that may wait are sent with, and ahead of, those that may not.
 */
export class GatheredBatches<Item extends Gathered> {
  readonly #send: (items: readonly Item[]) => Promise<void>
  readonly #bounds: BatchBounds
  #waiting: Item[] = []
  #underWay = 0
  #isHurried = false
  #isDue = false
  #timer: NodeJS.Timeout | null = null

  /** @param send must not reject; reports the result to each item */
  constructor(send: (items: readonly Item[]) => Promise<void>, bounds: BatchBounds) {
    this.#send = send
    this.#bounds = bounds
  }

  add(item: Item): void {
    this.#waiting.push(item)
    if (!item.mayWait || this.#waiting.length >= this.#bounds.maxItems) this.#hurry()
    else this.#timer ??= setTimeout(() => this.#hurry(), this.#bounds.longestWaitMs)
  }

  #hurry(): void {
    this.#isHurried = true
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#leave()
    })
  }

  #leave(): void {
    while (this.#isHurried && this.#underWay < this.#bounds.maxUnderWay) {
      const batch = this.#nextBatch()
      if (this.#waiting.length === 0) this.#rest()
      this.#underWay++
      void this.#send(batch).finally(() => {
        this.#underWay--
        this.#leave()
      })
    }
  }

  /** Stops the timer when nothing is waiting. */
  #rest(): void {
    this.#isHurried = false
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #nextBatch(): readonly Item[] {
    const { maxItems, maxSize } = this.#bounds
    let size = 0
    let count = 0
    for (const item of this.#waiting) {
      size += item.size
      if (count === maxItems || (count > 0 && size > maxSize)) break
      count++
    }
    return patientFirst(this.#waiting.splice(0, count))
  }
}

/**
 * Items that may wait come first: settlements free room, or report spent keys, for the reservations in the same batch.
 */
function patientFirst<Item extends Gathered>(items: readonly Item[]): readonly Item[] {
  return [...items.filter(({ mayWait }) => mayWait), ...items.filter(({ mayWait }) => !mayWait)]
}
