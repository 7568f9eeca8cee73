const maxWaiting = 1_000
/** The return is by the clock of the database, which may be a little behind. */
const graceMs = 25
/** Those who wait for one and the same return are woken one after the other, in their order. */
const stepMs = 5
const maxSpreadMs = 1_000
/** Returns that differ by less are one and the same. */
const sameReturnMs = 500
/** Nobody is woken more often than this by what calls give back: each time costs the API a question. */
const leastPauseMs = 100
const maxRemembered = 10_000

/** A request's place in the order of waiting, for all of its waits. */
export interface Turn {
  readonly order: number
  /** What had come back when it last asked for quota. */
  seen: number
  /** By the monotonic clock, milliseconds. */
  notBeforeMs: number
}

/** What is waited for. */
export interface Wait {
  readonly turn: Turn
  /** Until the return; null where none is known: then for `atMostMs`, as long as something is held that may come back. */
  readonly forMs: number | null
  readonly atMostMs: number
  /** Whose quota is missing. */
  readonly subjects: readonly string[]
  readonly signal: AbortSignal
}

interface Waiter extends Wait {
  readonly returnMs: number
  isCalled: boolean
  timer: NodeJS.Timeout
  /** Ends the wait, whatever for. */
  readonly end: (hasWaited: boolean) => void
}

/**
 * Where requests wait for quota that returns shortly, in the order in which they came; full, nobody else waits.
 * It also knows of which subjects calls of this process hold quota: that may come back before any window turns.
 */
export class WaitingRoom {
  /** By their turns. */
  readonly #waiting: Waiter[] = []
  readonly #held = new Map<string, number>()
  /** When something has last come back to a subject, counted in such events. */
  readonly #cameBack = new Map<string, number>()
  #turns = 0
  #events = 0

  /** Requests that wait. */
  get length(): number {
    return this.#waiting.length
  }

  /** The next place in the order. */
  takeTurn(): Turn {
    return { order: ++this.#turns, seen: this.#events, notBeforeMs: 0 }
  }

  /** Notes that a call holds quota of these subjects, until the returned function is called, once. */
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

  /** Whether calls of this process hold quota of any of these. */
  holdsOf(subjects: readonly string[]): boolean {
    return subjects.some(subject => this.#held.has(subject))
  }

  /**
   * Waits until the return, or until it is this one's turn to be woken by what others give back.
   * @returns whether it did: false at once when the room is full, and when the client has gone
   */
  wait(wait: Wait): Promise<boolean> {
    const { signal, turn } = wait
    if (this.#waiting.length >= maxWaiting || signal.aborted) return Promise.resolve(false)
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
          turn.seen = this.#events
          turn.notBeforeMs = performance.now() + leastPauseMs
          resolve(hasWaited)
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#insert(waiter)
    })
  }

  /** Who has waited longest for any of the subjects tries again; who waits in vain now is told so. */
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

  /** Whether something came back while this one was asking. */
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
    // Most often at the end: only who waits once more has come before others.
    const before = this.#waiting.findLastIndex(({ turn }) => turn.order < waiter.turn.order)
    this.#waiting.splice(before + 1, 0, waiter)
  }
}
