import type { Random } from './random.js'

/** A participant of the timeline, until it crashes. */
export interface Actor {
  isAlive: boolean
}

interface Waiter {
  readonly atMs: number
  readonly actor: Actor
  readonly wake: () => void
}

/** A history with more steps is stuck. */
const maxSteps = 20_000

/**
 * Virtual time. One actor runs at a time, from one wait to the next; then the actor whose wait ends first continues,
 * chosen at random among several. So random numbers alone determine the order.
 */
export class Timeline {
  /** True time, used by vendors. Never moves back. */
  nowMs: number
  /** Error of the store's clock. */
  skewMs = 0
  stepCount = 0
  #latestStoreMs = 0
  readonly #random: Random
  readonly #waiters = new Set<Waiter>()
  #handBack: () => void = () => {}
  #fail: (error: unknown) => void = () => {}

  constructor(startMs: number, random: Random) {
    this.nowMs = startMs
    this.#random = random
  }

  /** The store's clock. */
  get storeMs(): number {
    return this.nowMs + this.skewMs
  }

  /** The latest time at which the store has read its clock, perhaps ahead of what the clock shows now. */
  get latestStoreMs(): number {
    return this.#latestStoreMs
  }

  /** The store reads its clock. */
  readStoreClock(): number {
    this.#latestStoreMs = Math.max(this.#latestStoreMs, this.storeMs)
    return this.storeMs
  }

  /** Lets other actors run until the time has passed. */
  sleep(waitMs: number, actor: Actor): Promise<void> {
    return new Promise(wake => {
      this.#waiters.add({ atMs: this.nowMs + Math.max(0, waitMs), actor, wake })
      this.#handBack()
    })
  }

  /** Ends an actor: returns a promise that never settles. */
  die(actor: Actor): Promise<never> {
    actor.isAlive = false
    this.#handBack()
    return new Promise(() => {})
  }

  /** Starts an actor after some time. */
  start(waitMs: number, actor: Actor, live: () => Promise<void>): void {
    const wake = (): void => {
      // An actor ends in another turn than the one in which it started.
      live().then(
        () => this.#handBack(),
        error => this.#fail(error),
      )
    }
    this.#waiters.add({ atMs: this.nowMs + waitMs, actor, wake })
  }

  /** Runs until no actor waits. Rethrows errors of actors. */
  async run(): Promise<void> {
    for (let waiter = this.#takeNext(); waiter !== undefined; waiter = this.#takeNext()) {
      const { atMs, actor, wake } = waiter
      if (!actor.isAlive) continue
      this.stepCount++
      if (this.stepCount > maxSteps) throw new Error(`the history is stuck after ${maxSteps} steps`)
      this.nowMs = atMs
      await new Promise<void>((resolve, reject) => {
        this.#handBack = resolve
        this.#fail = reject
        wake()
      })
    }
  }

  #takeNext(): Waiter | undefined {
    let next: Waiter | undefined
    let equalCount = 0
    for (const waiter of this.#waiters) {
      if (next === undefined || waiter.atMs < next.atMs) {
        next = waiter
        equalCount = 1
      } else if (waiter.atMs === next.atMs) {
        equalCount++
        if (this.#random.integer(1, equalCount) === 1) next = waiter
      }
    }
    if (next !== undefined) this.#waiters.delete(next)
    return next
  }
}
