/** What a batch may hold, and how many are under way. */
export interface BatchBounds {
  readonly maxItems: number
  /** Of the items' sizes together; an item that is larger goes alone. */
  readonly maxSize: number
  /** Batches under way at once. */
  readonly maxUnderWay: number
  /** How long an item that may wait does so, should no other leave. */
  readonly longestWaitMs: number
}

/** What leaves with others. */
export interface Gathered {
  /** Whether it is in no hurry. */
  readonly mayWait: boolean
  readonly size: number
}

/**
 * Sends items in batches: what comes in one turn of the event loop leaves together, what comes while enough
 * batches are under way leaves with the next one, and what may wait leaves with what may not, before it.
 */
export class GatheredBatches<Item extends Gathered> {
  readonly #send: (items: readonly Item[]) => Promise<void>
  readonly #bounds: BatchBounds
  #waiting: Item[] = []
  #underWay = 0
  #isHurried = false
  #isDue = false
  #timer: NodeJS.Timeout | null = null

  /** @param send never rejects: each item is told by it what has become of it */
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

  /** Nothing is waiting any more. */
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
 * What may wait states what has been, and what may not asks on the strength of it: a settlement frees room, or
 * tells that a key is spent, for the reservations that leave with it.
 */
function patientFirst<Item extends Gathered>(items: readonly Item[]): readonly Item[] {
  return [...items.filter(({ mayWait }) => mayWait), ...items.filter(({ mayWait }) => !mayWait)]
}
