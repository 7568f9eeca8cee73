import { mayPass } from '../failures.js'

/** The read that follows the one under way, and its names. */
interface NextRead<T> {
  readonly names: Set<string>
  readonly result: Promise<T>
}

/**
 * Lets callers share reads, whichever names they ask for. A caller never gets a read that began before it asked, so that
 * it sees what it has written: while one read is under way, all later callers wait for the next, which is of all their
 * names. A read for each name took more of this process's time than everything else of an answer. Where the rows of one
 * name fail the read, each caller reads alone.
 */
export class SharedReads<T> {
  readonly #readOf: (names: readonly string[]) => Promise<T>
  #running: Promise<void> | null = null
  #next: NextRead<T> | null = null

  /** @param readOf whose result may include other names */
  constructor(readOf: (names: readonly string[]) => Promise<T>) {
    this.#readOf = readOf
  }

  /** The result of a read of these names, and perhaps of others. */
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
