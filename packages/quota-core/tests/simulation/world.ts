import assert from 'node:assert/strict'
import {
  type Command,
  consumerKind,
  examineStore,
  type Limit,
  MemoryQuotaStore,
  type Outcome,
  QuotaService,
  type QuotaState,
  type SubjectRef,
} from '@quotakeeper/quota-core'
import { CallBook } from './call-book.js'
import { ConsumerQuotas } from './consumer-quotas.js'
import { DemandWatch } from './demand.js'
import type { Figures } from './figures.js'
import { noteOutcome } from './note-outcome.js'
import { familyOf, type PlacedQuota } from './placed-quota.js'
import type { Plan } from './plan.js'
import type { Random } from './random.js'
import { refusalCause } from './refusal-cause.js'
import { Timeline } from './timeline.js'
import { Vendors } from './vendor.js'
import { limitIdOf, type QuotaRule } from './vendor-quota.js'

export const admin = { actor: 'admin', managedBy: 'api' } as const

/** The store is examined after this many commands; after each, examination would take most of the time. */
const landingsPerExamination = 20

/** The state of one history. */
export class World {
  readonly plan: Plan
  readonly random: Random
  readonly figures: Figures
  readonly timeline: Timeline
  readonly store: MemoryQuotaStore
  readonly vendors: Vendors
  readonly consumers: ConsumerQuotas
  readonly demand: DemandWatch = new DemandWatch()
  readonly book: CallBook = new CallBook()
  /** No call starts after it. */
  endMs: number
  /** The store's state itself rather than a snapshot; reading it changes nothing. */
  #state: QuotaState | undefined
  readonly #alertKeys = new Set<string>()
  #idCount = 0
  #landingCount = 0

  constructor(plan: Plan, random: Random, figures: Figures) {
    this.plan = plan
    this.random = random
    this.figures = figures
    this.endMs = plan.endMs
    this.timeline = new Timeline(plan.startMs, random)
    this.vendors = new Vendors(plan.providers, plan.pools)
    this.consumers = new ConsumerQuotas(plan.consumers)
    this.store = new MemoryQuotaStore({
      now: () => this.timeline.readStoreClock(),
      listener: {
        onAlert: ({ subject, limitId, model, windowStartMs, thresholdPercent, limitVersion, used, max }) => {
          const parts = [subject.kind, subject.name, limitId, model, windowStartMs]
          const key = [...parts, thresholdPercent, limitVersion].join('\n')
          assert.ok(!this.#alertKeys.has(key), `duplicate alert: ${key.replaceAll('\n', ' ')}`)
          assert.ok(used * 100 >= max * thresholdPercent, 'an alert before its threshold is reached')
          this.#alertKeys.add(key)
        },
      },
    })
  }

  newId(): string {
    this.#idCount++
    return `00000000-0000-4000-8000-${String(this.#idCount).padStart(12, '0')}`
  }

  /** Whether no further call starts: the time is over, or enough calls were granted. */
  isOver(): boolean {
    if (this.book.calls.size >= this.plan.maxGrants) this.endMs = Math.min(this.endMs, this.timeline.nowMs)
    return this.timeline.nowMs >= this.endMs
  }

  /** Configures the vendors' limits. */
  async open(): Promise<void> {
    const service = new QuotaService({ store: this.store })
    const absent = { dayStartsAt: undefined, monthStartsOn: undefined, thresholdsPercent: undefined }
    for (const { name, timeZone, rules } of this.plan.pools) {
      await service.upsertPool({ name, timeZone, limits: rules.map(limitOf), ...absent }, admin)
    }
    for (const [priority, planned] of this.plan.providers.entries()) {
      const { name, timeZone, rules, pool, onExpiry } = planned
      const rest = {
        vendor: 'simulated',
        models: undefined,
        consumers: undefined,
        metadata: undefined,
        ...absent,
      }
      const limits = rules.map(limitOf)
      await service.upsertProvider({ name, timeZone, limits, pool, onExpiry, priority, ...rest }, admin)
    }
    const outcomes = await this.store.execute(
      this.plan.consumers.map(({ name, parent, timeZone, rules }) => {
        const settings = { name, parent, timeZone, limits: rules.map(limitOf) }
        return { type: 'upsertConsumer', kind: consumerKind, ...settings, ...admin }
      }),
    )
    assert.ok(outcomes.every(({ ok }) => ok))
    const { state } = await this.store.read({ type: 'snapshot', providerNames: [] })
    this.#state = state
  }

  /** Executes commands in the store, whether or not the answer arrives. */
  async land(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const outcomes = await this.store.execute(commands)
    for (const [index, command] of commands.entries()) {
      const outcome = outcomes[index]
      assert.ok(outcome, 'each command has an outcome')
      for (const name of noteOutcome(this, command, outcome)) this.#noteSettled(name)
    }
    this.#landingCount++
    if (this.#landingCount % landingsPerExamination === 0) await this.examine()
    return outcomes
  }

  /** Whether the subject has due attempts that are not expired. */
  hasDue(subject: SubjectRef): boolean {
    return this.#state?.hasDue(subject, this.timeline.storeMs) === true
  }

  /** Records that quotas had no room for a granted call when it arrived. */
  hadNoRoom(places: readonly PlacedQuota[], id: string): void {
    for (const place of places) {
      this.figures.refused(familyOf(place), refusalCause(this, place, this.book.call(id)))
    }
  }

  /** Asserts that the store agrees with its ledger. */
  async examine(): Promise<void> {
    assert.deepEqual(await examineStore(this.store, null), [])
  }

  /** Removes settled calls from the open ones; asserts that nothing expires early. */
  #noteSettled(providerName: string): void {
    for (const call of this.book.open) {
      if (call.providerName !== providerName) continue
      const attempt = this.#state?.attempt(call.id)
      assert.ok(attempt, 'a reservation is gone')
      if (attempt.state !== 'pending') this.book.open.delete(call)
    }
  }
}

/** A rule as a limit of ours. */
export function limitOf(rule: QuotaRule): Limit {
  const { metric, window, max, per = null } = rule
  return { id: limitIdOf(rule), metric, window, max, per, model: null, mode: 'enforce', countsCached: true }
}
