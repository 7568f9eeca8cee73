import type { Random } from './random.js'

/** Somebody who lives on the timeline, until a crash. */
export interface Actor {
  isAlive: boolean
}

interface Waiter {
  readonly atMs: number
  readonly actor: Actor
  readonly wake: () => void
}

/** A history that goes on for longer than this is stuck. */
const maxSteps = 20_000

/**
 * Virtual time. Every actor runs alone from one wait to the next; then the one whose wait ends first goes
 * on, by lot where several do. So the order of everything follows from the random numbers alone.
 */
export class Timeline {
  /** True time, by which vendors go. Never moves back. */
  nowMs: number
  /** How far the clock of the store is off. */
  skewMs = 0
  stepCount = 0
  readonly #random: Random
  readonly #waiters = new Set<Waiter>()
  #handBack: () => void = () => {}
  #fail: (error: unknown) => void = () => {}

  constructor(startMs: number, random: Random) {
    this.nowMs = startMs
    this.#random = random
  }

  /** What the store's clock shows. */
  get storeMs(): number {
    return this.nowMs + this.skewMs
  }

  /** Lets the others go on until the time has passed. */
  sleep(waitMs: number, actor: Actor): Promise<void> {
    return new Promise(wake => {
      this.#waiters.add({ atMs: this.nowMs + Math.max(0, waitMs), actor, wake })
      this.#handBack()
    })
  }

  /** The actor's last step: what it waits for never comes. */
  die(actor: Actor): Promise<never> {
    actor.isAlive = false
    this.#handBack()
    return new Promise(() => {})
  }

  /** Begins an actor's life after some time. */
  start(waitMs: number, actor: Actor, live: () => Promise<void>): void {
    const wake = (): void => {
      // The turn in which a life ends is another than that in which it began.
      live().then(
        () => this.#handBack(),
        error => this.#fail(error),
      )
    }
    this.#waiters.add({ atMs: this.nowMs + waitMs, actor, wake })
  }

  /** Runs until nobody waits any more. @throws what an actor has thrown. */
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
