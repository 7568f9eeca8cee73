import assert from 'node:assert/strict'
import { v5 as uuidV5 } from 'uuid'
import { examineStore } from '../doctor/examine-store.js'
import type { Alert } from '../domain/alert.js'
import type { Attempt } from '../domain/attempt.js'
import type { Command, QuotaFact } from '../domain/command.js'
import { isoInstant } from '../domain/instant.js'
import type { AnswerTo, LimitState, Outcome, ProviderStats } from '../domain/outcome.js'
import { QuotaError, type QuotaErrorCode } from '../domain/quota-error.js'
import type { SubjectRef } from '../domain/subject.js'
import { expireStep } from '../expiry/expire-step.js'
import { providerStats } from '../stats/provider-stats.js'
import type { DailyUsage, QuotaStore, StoredAlert } from '../store.js'
import { fact, type PoolSettings, type ProviderSettings, upsertPool, upsertProvider } from './commands.js'
import type { StoreHarness } from './harness.js'

const namespace = '6c1d1b70-5f0e-4e9f-8d5c-3b8e0f6a7c21'
const anyDay = { from: '0001-01-01', to: '9999-12-31' } as const

/** The store, providers and pools of one case, with helpers to query them. */
export class Fixture {
  readonly store: QuotaStore
  readonly #harness: StoreHarness
  /** A time zone in which it is 12:30, so that no hour, day or month turns while a case runs. */
  readonly timeZone: string
  readonly #providerNames = new Set<string>()
  #idCount = 0

  private constructor(harness: StoreHarness, nowMs: number) {
    this.#harness = harness
    this.store = harness.store
    this.timeZone = zoneAtHalfPastTwelve(nowMs)
  }

  static async open(harness: StoreHarness): Promise<Fixture> {
    const { nowMs } = await harness.store.read({ type: 'snapshot', providerNames: [] })
    return new Fixture(harness, nowMs)
  }

  /** A name unique to this case. */
  name(label: string): string {
    return `${this.#harness.scope}-${label}`
  }

  /** A UUID unique to this case. */
  id(): string {
    this.#idCount++
    return uuidV5(`${this.#harness.scope} ${this.#idCount}`, namespace)
  }

  /** A quota reported by a vendor; its days are those of the case unless given. */
  fact(reported: Parameters<typeof fact>[0]): QuotaFact {
    return fact({ timeZone: this.timeZone, ...reported })
  }

  /** The alerts of a subject that the store's listener received, in order. */
  heardAlerts({ kind, name }: SubjectRef): readonly Alert[] {
    return this.#harness.heardAlerts.filter(({ subject }) => subject.kind === kind && subject.name === name)
  }

  async nowMs(): Promise<number> {
    return (await this.store.read({ type: 'snapshot', providerNames: [] })).nowMs
  }

  async advance(ms: number): Promise<void> {
    assert.ok(this.#harness.advance, 'this case needs a clock that can be moved')
    await this.#harness.advance(ms)
  }

  /** Expires a provider's due attempts. */
  async expire(name: string): Promise<void> {
    const step = await expireStep(this.store, [{ kind: 'provider', name }])
    assert.equal(step.isFull, false)
  }

  /** Creates or changes a provider of this case; in {@link timeZone} unless given. */
  async provider(label: string, settings: ProviderSettings = {}): Promise<string> {
    const name = this.name(label)
    this.#providerNames.add(name)
    await this.answer(upsertProvider(name, { vendor: 'vendor', timeZone: this.timeZone, ...settings }))
    return name
  }

  /** Creates or changes a pool of this case. */
  async pool(label: string, settings: PoolSettings = {}): Promise<string> {
    const name = this.name(label)
    await this.answer(upsertPool(name, { timeZone: this.timeZone, ...settings }))
    return name
  }

  async execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const outcomes = await this.store.execute(commands)
    assert.equal(outcomes.length, commands.length, 'there must be one outcome for each command')
    return outcomes
  }

  /** Executes a command that must succeed. */
  async answer<C extends Command>(command: C): Promise<AnswerTo<C>> {
    const [outcome] = await this.execute([command])
    assert.ok(outcome)
    if (!outcome.ok) throw outcome.error
    // The store answers each command by its type, which TypeScript cannot infer from the list.
    return outcome.answer as AnswerTo<C>
  }

  /** Executes a command that must fail, and returns its error. */
  async refusal(command: Command, code: QuotaErrorCode): Promise<QuotaError> {
    const [outcome] = await this.execute([command])
    assert.ok(outcome && !outcome.ok, `${command.type} must fail with ${code}`)
    assert.ok(outcome.error instanceof QuotaError)
    assert.equal(outcome.error.code, code)
    return outcome.error
  }

  async stats(providerName: string): Promise<ProviderStats> {
    const { state, nowMs } = await this.store.read({ type: 'snapshot', providerNames: [providerName] })
    return providerStats(state, providerName, nowMs)
  }

  async limit(providerName: string, limitId: string, model: string | null = null): Promise<LimitState> {
    const { limits } = await this.stats(providerName)
    const found = limits.find(limit => limit.id === limitId && (model === null || limit.model === model))
    assert.ok(found, `${providerName} must have the limit ${limitId}`)
    return found
  }

  /** Asserts the figures of a limit; held and observed are 0 unless given. */
  async expectLimit(
    providerName: string,
    limitId: string,
    expected: { used: number; held?: number; observed?: number; model?: string },
  ): Promise<void> {
    const { used, held, observed } = await this.limit(providerName, limitId, expected.model)
    assert.deepEqual(
      { used, held, observed },
      { used: expected.used, held: expected.held ?? 0, observed: expected.observed ?? 0 },
      `${limitId} of ${providerName}`,
    )
  }

  /** The ledger of a provider, newest first. */
  async ledger(providerName: string): Promise<readonly Attempt[]> {
    const query = { type: 'ledger', providerName, requestId: null, cursor: null, pageSize: 1_000 } as const
    return (await this.store.read(query)).rows
  }

  /** One row of the ledger. */
  async attempt(providerName: string, id: string): Promise<Attempt> {
    const found = (await this.ledger(providerName)).find(row => row.id === id)
    assert.ok(found, `the ledger must have the row ${id}`)
    return found
  }

  /** The daily rows of a provider, newest first. */
  async days(providerName: string): Promise<readonly DailyUsage[]> {
    const query = { type: 'history', providerName, ...anyDay, cursor: null, pageSize: 1_000 } as const
    return (await this.store.read(query)).rows
  }

  /** The alerts of a subject, oldest first. */
  async alerts(subject: SubjectRef): Promise<readonly StoredAlert[]> {
    const { rows } = await this.store.read({
      type: 'alerts',
      subjectKind: subject.kind,
      subjectName: subject.name,
      severity: null,
      cursor: null,
      pageSize: 1_000,
    })
    return [...rows].reverse()
  }

  /** The visible state of some providers, to assert that nothing changed. */
  async picture(providerNames: readonly string[]): Promise<unknown> {
    return Promise.all(
      providerNames.map(async name => ({
        stats: withoutInstants(await this.stats(name)),
        ledger: await this.ledger(name),
        days: await this.days(name),
        alerts: await this.alerts({ kind: 'provider', name }),
      })),
    )
  }

  /** Asserts that every sum of this case's providers and pools agrees with the ledger. */
  async expectSoundBooks(): Promise<void> {
    const discrepancies = await examineStore(this.store, [...this.#providerNames])
    assert.deepEqual(discrepancies, [], 'every sum must agree with the ledger')
  }
}

/** Removes instants that move with the clock, such as a rolling limit's reset. */
function withoutInstants(stats: ProviderStats): unknown {
  return { ...stats, limits: stats.limits.map(limit => ({ ...limit, resetsAt: '' })) }
}

function zoneAtHalfPastTwelve(nowMs: number): string {
  const [hours, minutes] = isoInstant(nowMs).slice(11, 16).split(':').map(Number)
  const offsetMinutes = 12 * 60 + 30 - ((hours ?? 0) * 60 + (minutes ?? 0))
  const size = Math.abs(offsetMinutes)
  const padded = [Math.floor(size / 60), size % 60].map(part => String(part).padStart(2, '0'))
  return `${offsetMinutes < 0 ? '-' : '+'}${padded.join(':')}`
}
