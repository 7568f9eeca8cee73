import { mayPass } from '../failures.js'

/** The read that comes after the one under way, and of whom it will be. */
interface NextRead<T> {
  readonly names: Set<string>
  readonly result: Promise<T>
}

/**
 * Lets callers share reads, whomever they ask about. A caller never gets a read that began before it asked,
 * so everybody sees what they have written: while one read is under way, all who come wait for the next,
 * which is of all whom they have named. A read for each name at a time took more of this process's time
 * than everything else that an answer takes. Where what is stored of one breaks the read, each reads alone.
 */
export class SharedReads<T> {
  readonly #readOf: (names: readonly string[]) => Promise<T>
  #running: Promise<void> | null = null
  #next: NextRead<T> | null = null

  /** By `readOf`, whose result may be of others besides. */
  constructor(readOf: (names: readonly string[]) => Promise<T>) {
    this.#readOf = readOf
  }

  /** What holds of these names, and of others perhaps. */
  read(names: readonly string[]): Promise<T> {
    if (this.#running === null) return this.#begin(names)
    this.#next ??= this.#after(this.#running)
    const { names: all, result } = this.#next
    for (const name of names) all.add(name)
    return result.catch((error: unknown) => {
      if (mayPass(error) || all.size === new Set(names).size) throw error
      return this.#readOf(names)
    })
  }

  #after(running: Promise<void>): NextRead<T> {
    const names = new Set<string>()
    return { names, result: running.then(() => this.#begin([...names])) }
  }

  #begin(names: readonly string[]): Promise<T> {
    this.#next = null
    const result = this.#readOf(names)
    const running = result.then(ignore, ignore).then(() => {
      if (this.#running === running && this.#next === null) this.#running = null
    })
    this.#running = running
    return result
  }
}

/** The result is the caller's; here it only matters that it is over. */
function ignore(): void {}
