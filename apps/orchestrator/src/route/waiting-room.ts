const mostWaiting = 1_000
/** The return is by the clock of the database, which may be a little behind. */
const graceMs = 25
/** Those who wait for one and the same return do not all come at once. */
const mostJitterMs = 100

interface Waiting {
  /** Ends the wait, whatever for. */
  readonly end: (hasWaited: boolean) => void
}

/** Where requests wait for quota that returns shortly, in the order in which they came; full, nobody else waits. */
export class WaitingRoom {
  readonly #waiting = new Set<Waiting>()

  /** Requests that wait. */
  get length(): number {
    return this.#waiting.size
  }

  /**
   * Waits for so long, or until it is this one's turn to be woken.
   * @returns whether it did: false at once when the room is full, and when the client has gone
   */
  wait(forMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.#waiting.size >= mostWaiting || signal.aborted) return Promise.resolve(false)
    return new Promise(resolve => {
      const leave = (): void => waiting.end(false)
      const timer = setTimeout(
        () => waiting.end(true),
        Math.max(forMs, 0) + graceMs + Math.random() * mostJitterMs,
      )
      const waiting: Waiting = {
        end: hasWaited => {
          clearTimeout(timer)
          signal.removeEventListener('abort', leave)
          this.#waiting.delete(waiting)
          resolve(hasWaited)
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.add(waiting)
    })
  }

  /** Quota may have come back: who has waited longest tries again. */
  wakeOne(): void {
    const [first] = this.#waiting
    first?.end(true)
  }
}
