import assert from 'node:assert/strict'
import {
  type Answer,
  type Command,
  MemoryQuotaStore,
  type Outcome,
  type SubjectRef,
  subjectTime,
} from '@quotakeeper/quota-core'
import { type NaiveCounter, NaiveModel, type NaiveStanding, naiveKey } from './naive-model.js'
import { providerNames } from './random-steps.js'
import type { RandomWorld } from './random-world.js'
import { counterInstants, figuresOfProvider } from './shown-figures.js'
import { ofAllModels, teamRefs } from './subject-refs.js'

/** A command and the clock when it was executed. */
export interface Logged {
  readonly atMs: number
  readonly command: Command
  readonly outcome: Outcome
}

/** A store and the naive model, which the same commands reach. */
export class RandomRun {
  readonly model: NaiveModel = new NaiveModel()
  readonly log: Logged[] = []
  readonly store: MemoryQuotaStore
  /** Counts the reached cases, to assert that the steps cover them. */
  readonly reached: Map<string, number> = new Map()
  readonly world: RandomWorld
  clockMs: number
  /** The store's figures of providers and their pools, as of the last {@link nowMs}. */
  #shown = new Map<string, NaiveStanding>()
  #idCount = 0

  constructor(world: RandomWorld) {
    this.world = world
    this.clockMs = world.startMs
    this.store = new MemoryQuotaStore({ now: () => this.clockMs })
  }

  id(): string {
    this.#idCount++
    return `00000000-0000-4000-8000-${String(this.#idCount).padStart(12, '0')}`
  }

  reach(what: string, count = 1): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + count)
  }

  /** The time at which the store decides: the clock, or later if it jumped back. */
  async nowMs(providers: readonly string[], teams: readonly SubjectRef[] = []): Promise<number> {
    const { state, nowMs: ofProviders } = await this.store.read({
      type: 'snapshot',
      providerNames: providers,
    })
    const nowMs = subjectTime(state, teams.map(ofAllModels), ofProviders)
    assert.ok(nowMs >= this.clockMs)
    this.#shown = new Map()
    for (const provider of providers) {
      for (const { place, standing } of figuresOfProvider(this.model, state, provider, nowMs))
        this.#shown.set(naiveKey(place), standing)
    }
    return nowMs
  }

  /** The model's figures, or the store's where the model cannot know them: the levels of a pool after a reset. */
  standing(place: NaiveCounter, nowMs: number): NaiveStanding {
    if (this.model.knows(place)) return this.model.standing(place, nowMs)
    // A missing counter is 0.
    return this.#shown.get(naiveKey(place)) ?? { used: 0, held: 0, observed: 0 }
  }

  async execute(command: Command): Promise<Outcome> {
    const { state } = await this.store.read({ type: 'snapshot', providerNames: null })
    const instants = counterInstants(state)
    const [outcome] = await this.store.execute([command])
    assert.ok(outcome)
    await this.#noteExpired(instants)
    this.log.push({ atMs: this.clockMs, command, outcome })
    return outcome
  }

  async answer(command: Command): Promise<Answer> {
    const outcome = await this.execute(command)
    if (!outcome.ok) throw outcome.error
    return outcome.answer
  }

  /** Applies the expiries of a command to the model. They must have been due. */
  async #noteExpired(instants: Map<string, number>): Promise<void> {
    const { state, nowMs: ofProviders } = await this.store.read({ type: 'snapshot', providerNames: null })
    const nowMs = subjectTime(state, teamRefs.map(ofAllModels), ofProviders)
    const expired = [...this.model.calls.values()].filter(
      call => call.state === 'pending' && state.attempt(call.id)?.state === 'expired',
    )
    expired.sort((left, right) => left.expiresAtMs - right.expiresAtMs || (left.id < right.id ? -1 : 1))
    for (const call of expired) assert.ok(call.expiresAtMs <= nowMs, `${call.id} expired early`)
    this.model.expire(expired, instants)
    this.reach('expired', expired.length)
  }

  /** Expires all due attempts of the provider, or of all. */
  async expire(provider: string | null): Promise<void> {
    const subjects = provider === null ? null : [{ kind: 'provider', name: provider } as const]
    const attempts = await this.store.read({ type: 'due', subjects, pageSize: 250 })
    const nowMs = await this.nowMs(providerNames, teamRefs)
    const ids = new Set(attempts.map(({ id }) => id))
    for (const call of this.model.calls.values()) {
      const isOwn = call.state === 'pending' && (provider === null || call.provider === provider)
      // By the clock, or by the time of its subjects if the clock jumped back.
      if (isOwn && call.expiresAtMs <= this.clockMs) assert.ok(ids.has(call.id), `${call.id} is due`)
      if (ids.has(call.id)) assert.ok(isOwn && call.expiresAtMs <= nowMs, `${call.id} is not due`)
    }
    if (attempts.length === 0) return
    const answer = await this.answer({ type: 'expire', attempts })
    assert.deepEqual(answer, { expired: attempts.length })
  }

  /**
   * Expires due attempts before the model copies uncertain levels from the store, so that none expires during the
   * command.
   */
  async expireWhereUncertain(): Promise<void> {
    if (this.model.uncertain.size > 0) await this.expire(null)
  }
}
