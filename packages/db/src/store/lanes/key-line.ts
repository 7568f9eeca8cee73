/** How many slots in front may be empty until they are cut off. */
const maxEmpty = 1_024

/** The owner of a key, and the queue for it, in order. */
export class KeyLine<Waiting extends { readonly order: number }, Owner> {
  readonly key: string
  owner: Owner | null = null
  #waiting: Waiting[] | null = null
  /** Index of the first. To shift an array of 10,000 takes longer than all else that a command does here. */
  #start = 0

  constructor(key: string) {
    this.key = key
  }

  get length(): number {
    return this.#waiting === null ? 0 : this.#waiting.length - this.#start
  }

  get first(): Waiting | undefined {
    return this.#waiting?.[this.#start]
  }

  /** Inserts it behind all with a lower order. */
  insert(waiting: Waiting): void {
    if (this.#waiting === null) {
      // Nearly always it stays the only one: an attempt's.
      this.#waiting = [waiting]
      return
    }
    let index = this.#waiting.length
    while (index > this.#start && (this.#waiting[index - 1]?.order ?? 0) > waiting.order) index--
    if (index === this.#waiting.length) this.#waiting.push(waiting)
    else this.#waiting.splice(index, 0, waiting)
  }

  /** Takes the first out. */
  shift(): void {
    this.#start++
    if (this.#start === this.#waiting?.length) {
      this.#waiting = null
      this.#start = 0
    } else if (this.#start > maxEmpty) {
      this.#waiting = this.#waiting?.slice(this.#start) ?? null
      this.#start = 0
    }
  }

  get all(): readonly Waiting[] {
    return this.#waiting?.slice(this.#start) ?? []
  }

  /** Takes one out, wherever it is. */
  remove(waiting: Waiting): void {
    const index = this.#waiting?.indexOf(waiting, this.#start) ?? -1
    if (index === this.#start) this.shift()
    else if (index > 0) this.#waiting?.splice(index, 1)
  }

  takeAll(): readonly Waiting[] {
    const { all } = this
    this.#waiting = null
    this.#start = 0
    return all
  }
}
