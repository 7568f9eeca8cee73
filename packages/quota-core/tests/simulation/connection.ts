import {
  type Command,
  type Outcome,
  type Query,
  type QueryResult,
  QuotaError,
  type QuotaStore,
} from '@quotakeeper/quota-core'
import type { Actor } from './timeline.js'
import type { World } from './world.js'

/**
 * One process's connection to the store. Messages are delayed, so that others interleave, and get lost
 * in either direction: then it is unknown whether the commands were applied.
 */
export class Connection implements QuotaStore {
  readonly #world: World
  readonly #step: (waitMs: number) => Promise<void>

  constructor(world: World, step: (waitMs: number) => Promise<void>) {
    this.#world = world
    this.#step = step
  }

  async execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    await this.#travel()
    const outcomes = await this.#world.land(commands)
    await this.#travel()
    return outcomes
  }

  /** Answers at once: a snapshot of this store is its state itself, which would go on changing on the way. */
  async read<Q extends Query>(query: Q): Promise<QueryResult<Q>> {
    await this.#travel()
    return this.#world.store.read(query)
  }

  async close(): Promise<void> {}

  async #travel(): Promise<void> {
    const { random, plan, figures } = this.#world
    await this.#step(random.integer(0, 20))
    if (!random.chance(plan.troubles.lostMessage)) return
    figures.lostMessageCount++
    throw new QuotaError('STORE_UNAVAILABLE', 'the message was lost')
  }
}

/** An actor that never crashes: an admin, a clock. */
export function immortal(): Actor {
  return { isAlive: true }
}
