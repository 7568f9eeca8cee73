import { setTimeout as wait } from 'node:timers/promises'

const mostWaiting = 1_000
/** The return is by the clock of the database, which may be a little behind. */
const graceMs = 25

/** Where requests wait for quota that returns shortly; full, nobody else waits. */
export class WaitingRoom {
  #waiting = 0

  /** Waits. @returns whether it did: false at once when the room is full, and when the client has gone */
  async wait(forMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.#waiting >= mostWaiting) return false
    this.#waiting++
    try {
      await wait(Math.max(forMs, 0) + graceMs, undefined, { signal })
      return true
    } catch {
      // The only way for it to fail.
      return false
    } finally {
      this.#waiting--
    }
  }
}
