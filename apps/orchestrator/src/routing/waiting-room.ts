import type { Caller } from '../callers/caller.js'
import { SharedBound } from '../callers/shared-bound.js'

const maxWaiting = 1_000
/** Added to a return, since the database's clock may be slightly behind. */
const graceMs = 25
/** Pause between waking requests with the same return, in order. */
const stepMs = 5
const maxSpreadMs = 1_000
/** Returns that differ by less are the same. */
const sameReturnMs = 500
/** Shortest pause between wake-ups of a request by released quota, since each costs a request to the API. */
const leastPauseMs = 100
const maxRemembered = 10_000

/** A request's position in the queue, for all of its waits. */
export interface Turn {
  readonly order: number
  /** The release count when it last requested quota. */
  seen: number
  /** Monotonic clock, milliseconds. */
  notBeforeMs: number
}

/** Parameters of a wait. */
export interface Wait {
  readonly turn: Turn
  readonly caller: Caller
  /** Time until the return; null if unknown, then `atMostMs`, as long as calls hold quota that may be released. */
  readonly forMs: number | null
  readonly atMostMs: number
  /** The subjects whose quota is missing. */
  readonly subjects: readonly string[]
  readonly signal: AbortSignal
}

interface Waiter extends Wait {
  readonly returnMs: number
  isCalled: boolean
  timer: NodeJS.Timeout
  /** Ends the wait for any reason. */
  readonly end: (hasWaited: boolean) => void
}

/**
 * A bounded queue of requests waiting for quota that returns shortly, in order of arrival. Also tracks the subjects
 * whose quota this process's calls hold, which may be released before a window turns.
 */
export class WaitingRoom {
  /** Ordered by turn. */
  readonly #waiting: Waiter[] = []
  readonly #bound = new SharedBound(maxWaiting)
  readonly #held = new Map<string, number>()
  /** The release count at the last release of each subject. */
  readonly #cameBack = new Map<string, number>()
  #turns = 0
  #events = 0

  /** Number of waiting requests. */
  get length(): number {
    return this.#waiting.length
  }

  /** The next position in the queue. */
  takeTurn(): Turn {
    return { order: ++this.#turns, seen: this.#events, notBeforeMs: 0 }
  }

  /** Records that a call holds quota of these subjects until the returned function is called (once). */
  hold(subjects: readonly string[]): () => void {
    for (const subject of subjects) this.#held.set(subject, (this.#held.get(subject) ?? 0) + 1)
    return () => {
      for (const subject of subjects) {
        const left = (this.#held.get(subject) ?? 1) - 1
        if (left > 0) this.#held.set(subject, left)
        else this.#held.delete(subject)
      }
      this.#giveBack(subjects)
    }
  }

  /** Whether calls of this process hold quota of any of these subjects. */
  holdsOf(subjects: readonly string[]): boolean {
    return subjects.some(subject => this.#held.has(subject))
  }

  /**
   * Waits until the return, or until quota released by other calls wakes it.
   * @returns false at once if the queue is full, or the caller's part of it, and if the client disconnects
   */
  wait(wait: Wait): Promise<boolean> {
    const { caller, signal, turn } = wait
    if (signal.aborted || !this.#bound.take({ caller, amount: 1 })) return Promise.resolve(false)
    return new Promise(resolve => {
      const leave = (): void => waiter.end(false)
      const nowMs = performance.now()
      const returnMs = nowMs + Math.max(wait.forMs ?? wait.atMostMs, 0)
      const dueMs = this.#hasMissed(wait)
        ? turn.notBeforeMs
        : returnMs + graceMs + this.#spreadOf(turn, returnMs)
      const waiter: Waiter = {
        ...wait,
        returnMs,
        isCalled: false,
        timer: setTimeout(() => waiter.end(true), Math.max(dueMs - nowMs, 0)),
        end: hasWaited => {
          clearTimeout(waiter.timer)
          signal.removeEventListener('abort', leave)
          this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
          this.#bound.giveBack(caller, 1)
          turn.seen = this.#events
          turn.notBeforeMs = performance.now() + leastPauseMs
          resolve(hasWaited)
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#insert(waiter)
    })
  }

  /** Wakes the request that has waited longest for any of the subjects, and ends waits that have become useless. */
  #giveBack(subjects: readonly string[]): void {
    this.#events++
    if (this.#cameBack.size > maxRemembered) this.#cameBack.clear()
    for (const subject of subjects) this.#cameBack.set(subject, this.#events)
    const isConcerned = (waiter: Waiter): boolean =>
      !waiter.isCalled && waiter.subjects.some(subject => subjects.includes(subject))
    const next = this.#waiting.find(isConcerned)
    if (next !== undefined) this.#call(next)
    if (subjects.every(subject => this.#held.has(subject))) return
    const inVain = this.#waiting.filter(
      waiter => isConcerned(waiter) && waiter.forMs === null && !this.holdsOf(waiter.subjects),
    )
    for (const waiter of inVain) this.#call(waiter)
  }

  #call(waiter: Waiter): void {
    waiter.isCalled = true
    clearTimeout(waiter.timer)
    const waitMs = waiter.turn.notBeforeMs - performance.now()
    if (waitMs <= 0) waiter.end(true)
    else waiter.timer = setTimeout(() => waiter.end(true), waitMs)
  }

  /** Whether quota was released while it requested quota. */
  #hasMissed({ turn, subjects }: Wait): boolean {
    return subjects.some(subject => (this.#cameBack.get(subject) ?? 0) > turn.seen)
  }

  #spreadOf({ order }: Turn, returnMs: number): number {
    const ahead = this.#waiting.filter(
      other => other.turn.order < order && Math.abs(other.returnMs - returnMs) < sameReturnMs,
    )
    return Math.min(ahead.length * stepMs, maxSpreadMs)
  }

  #insert(waiter: Waiter): void {
    // Usually at the end: only a request that waits again precedes others.
    const before = this.#waiting.findLastIndex(({ turn }) => turn.order < waiter.turn.order)
    this.#waiting.splice(before + 1, 0, waiter)
  }
}
