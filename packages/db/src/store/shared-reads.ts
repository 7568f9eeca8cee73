/** A read that has not begun, and the one that is under way. */
interface Turn<T> {
  readonly running: Promise<unknown>
  next: Promise<T> | null
}

/**
 * Lets callers that ask for the same thing share a read. A caller never gets a read that began before
 * it asked, so everybody sees what they have written: while one read is under way, all who come wait for
 * the next.
 */
export class SharedReads<T> {
  readonly #turns = new Map<string, Turn<T>>()

  /** The result of `read`, which must be the same for the same key. */
  read(key: string, read: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(key)
    if (turn === undefined) return this.#begin(key, read)
    turn.next ??= turn.running.then(() => this.#begin(key, read))
    return turn.next
  }

  #begin(key: string, read: () => Promise<T>): Promise<T> {
    const result = read()
    const running = result.then(ignore, ignore)
    const turn: Turn<T> = { running, next: null }
    this.#turns.set(key, turn)
    running.then(() => {
      if (this.#turns.get(key) === turn && turn.next === null) this.#turns.delete(key)
    })
    return result
  }
}

/** The result is the caller's; a turn only has to know that it is over. */
function ignore(): void {}
