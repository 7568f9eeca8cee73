import type { Counts } from '@quotakeeper/quota-core'
import type { Caller, PlannedConsumer } from './consumer-plan.js'
import type { PlacedQuota } from './placed-quota.js'
import { quotaOf, unitsOf } from './vendor-quota.js'

/** A call that a vendor has accepted. */
interface CountedFor {
  readonly id: string
  readonly caller: Caller
  /** Counts that must fit. */
  readonly asked: Counts
  /** Counts that it actually uses. */
  readonly used: Counts
}

/**
 * The limits of consumers, counted as vendors count: when a call arrives, and without reservations. Unlike vendors they
 * refuse nothing.
 */
export class ConsumerQuotas {
  readonly #consumers: ReadonlyMap<string, PlannedConsumer>
  readonly #placed = new Map<string, readonly PlacedQuota[]>()
  readonly #ofCallers = new Map<string, readonly PlacedQuota[]>()

  constructor(consumers: readonly PlannedConsumer[]) {
    this.#consumers = new Map(consumers.map(consumer => [consumer.name, consumer]))
  }

  /** The consumer and its ancestors; none for a label. */
  chainOf(name: string): readonly PlannedConsumer[] {
    const consumer = this.#consumers.get(name)
    if (consumer === undefined) return []
    return consumer.parent === null ? [consumer] : [consumer, ...this.chainOf(consumer.parent)]
  }

  /** The quotas that apply to the caller's calls: its own and those of all ancestors. */
  quotasOf({ consumer, endUser }: Caller): readonly PlacedQuota[] {
    const key = `${consumer}\n${endUser}`
    const known = this.#ofCallers.get(key)
    if (known !== undefined) return known
    const placed = this.chainOf(consumer).flatMap(owner => [
      ...this.#placedOf(owner, null),
      ...this.#placedOf(owner, endUser),
    ])
    this.#ofCallers.set(key, placed)
    return placed
  }

  /** Counts a call; returns the quotas that had no room for it. */
  count({ id, caller, asked, used }: CountedFor, nowMs: number): readonly PlacedQuota[] {
    const met = this.quotasOf(caller)
    const exceeded = met.filter(({ quota }) => quota.waitMs(unitsOf(asked, quota.rule), nowMs) > 0)
    for (const { quota } of met) quota.count({ id, units: unitsOf(used, quota.rule), arrivedAtMs: nowMs })
    return exceeded
  }

  /** The quotas that all users share (null), or those of one. */
  #placedOf({ name, timeZone, rules }: PlannedConsumer, endUser: string | null): readonly PlacedQuota[] {
    const key = `${name}\n${endUser === null ? '' : `of ${endUser}`}`
    const known = this.#placed.get(key)
    if (known !== undefined) return known
    const placed = rules
      .filter(({ per }) => (per === 'user') === (endUser !== null))
      .map(rule => ({ scope: 'consumer', name, quota: quotaOf(rule, timeZone) }) as const)
    this.#placed.set(key, placed)
    return placed
  }
}
