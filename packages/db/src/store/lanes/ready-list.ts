/** An item that may start, unless it has to wait again before. */
interface Listed {
  isReady: boolean
  isListed: boolean
}

/**
 * Those that may start, in the order in which they became so. Not a Set: its tables, old ones pointing to newer ones, kept
 * commands of thousands of batches from being garbage-collected: 4.1 µs a command instead of 1.9, with 64 providers.
 */
export class ReadyList<Item extends Listed> {
  #items: Item[] = []
  #start = 0

  get first(): Item | undefined {
    for (;;) {
      const item = this.#items[this.#start]
      if (item === undefined || item.isReady) return item
      this.#drop(item)
    }
  }

  add(item: Item): void {
    item.isReady = true
    if (item.isListed) return
    item.isListed = true
    this.#items.push(item)
  }

  /** Takes the first out. */
  shift(): Item | undefined {
    const { first } = this
    if (first !== undefined) {
      first.isReady = false
      this.#drop(first)
    }
    return first
  }

  #drop(item: Item): void {
    item.isListed = false
    this.#start++
    if (this.#start < this.#items.length) return
    this.#items = []
    this.#start = 0
  }
}
