import type { AssessedCandidate } from '../decide/admission/assess-candidates.js'
import { knownOwner, liveProvider } from '../decide/call-counters.js'
import { aheadSubjects } from '../decide/clocks/subject-time.js'
import { hasRefusedKey } from '../decide/signals/retry-key.js'
import type { Discrepancy } from '../doctor/books.js'
import { type ExamineOptions, examineStore } from '../doctor/examine-store.js'
import type { Command, ObserveCommand, RetryKeyCommand, UpsertProviderCommand } from '../domain/command.js'
import { isoInstant } from '../domain/instant.js'
import type {
  AcquireAnswer,
  AheadSubject,
  AnswerTo,
  ForecastStats,
  KeyRetried,
  LimitState,
  ObserveAnswer,
  Observed,
  ProviderStats,
  QuotaGranted,
  ReserveAnswer,
  Settled,
} from '../domain/outcome.js'
import { QuotaError } from '../domain/quota-error.js'
import { relatedProviders } from '../domain/related-providers.js'
import { compareText, providerRef } from '../domain/subject.js'
import { poolKind } from '../domain/subject-kinds.js'
import { uuidV7 } from '../domain/uuid.js'
import { type ExpiryStep, expireStep } from '../expiry/expire-step.js'
import { type HoursByProvider, hoursByProvider, withForecast } from '../forecast/with-forecast.js'
import type { GrantRequest } from '../input/grant-input.js'
import {
  type PoolRequest,
  type ProviderRequest,
  type RemoveProviderRequest,
  type SetEnabledInput,
  unchangedProvider,
} from '../input/provider-input.js'
import type { AcquireRequest, CommitRequest, ExtendRequest, ReserveRequest } from '../input/quota-input.js'
import type { RecordRequest, ResetInput } from '../input/usage-input.js'
import { stateOfCounter } from '../stats/limit-state.js'
import { providerStats, statsAfterCall } from '../stats/provider-stats.js'
import { type Total, totalsOf } from '../stats/totals.js'
import type {
  CounterScope,
  ModelCountersQuery,
  PageOf,
  Query,
  QueryResult,
  QuotaStore,
  ReadOptions,
  Snapshot,
} from '../store.js'
import type { Actor } from './actor.js'
import {
  type AssessedSteps,
  CandidateChoice,
  type Explanation,
  type KnownOfCandidates,
} from './candidate-choice.js'
import { commitCommand, recordCommand, reserveCommand } from './commands.js'
import { ConsumerService } from './consumer-service.js'
import { executeOne } from './execute-one.js'
import { LimitUpdates } from './limit-updates.js'
import { liveNames } from './live-names.js'
import { type PoolView, type ProviderView, poolView, providerView } from './provider-view.js'
import { rewindClock } from './rewind-clock.js'

/** Whether the vendor refused a call because it does not know the model. A partly answered call had a known model. */
function isOfUnknownModel({ refusal }: Observation, { outcome }: CommitRequest): boolean {
  return refusal?.kind === 'unknown_model' && outcome === 'refused'
}

/** Reads no counters, for settings and cool-downs. */
const noModels: CounterScope = { calls: [] }

/** How often a change is tried again of an owner that others change at the same time. */
const maxRevisions = 10

function priorityCommand({ before, priority }: PriorityChange, actor: string): UpsertProviderCommand {
  return {
    ...{ type: 'upsertProvider', ...unchangedProvider, name: before.name, priority, actor },
    ...{ managedBy: 'unchanged', onlyIf: 'exists', expectedUpdatedAtMs: Date.parse(before.updatedAt) },
  }
}

export interface QuotaServiceOptions {
  readonly store: QuotaStore
  /** Generates ids of attempts; UUIDs of version 7 unless given, which keep new ledger rows adjacent in indexes. */
  readonly newId?: () => string
}

/** The stats of all providers, and their totals. */
export interface AllStats {
  readonly providers: readonly ForecastStats[]
  readonly totals: readonly Total[]
}

/** The reported parts of a vendor's answer. */
export type Observation = Omit<ObserveCommand, 'type' | 'reservationId'>

/** A provider's new priority, and the provider as it was read. */
export interface PriorityChange {
  readonly before: ProviderView
  readonly priority: number
}

/** The result of an examination. */
export interface Examined {
  /** By the store's clock. */
  readonly nowMs: number
  /** The provider and the other members of its pool. */
  readonly providerNames: readonly string[]
  /** Empty for a consistent store. Concurrent changes show as discrepancies too. */
  readonly discrepancies: readonly Discrepancy[]
}

/**
 * All operations on quotas, for parsed input: for endpoints that parse with the schemas themselves, such as an API.
 * Programs use {@link QuotaTracker}. Every method throws QuotaError, and any may throw STORE_UNAVAILABLE.
 */
export class QuotaService {
  /** Operations on consumers and plans. */
  readonly consumers: ConsumerService
  readonly #store: QuotaStore
  readonly #newId: () => string
  readonly #limitUpdates: LimitUpdates
  readonly #choice: CandidateChoice

  constructor({ store, newId = () => uuidV7() }: QuotaServiceOptions) {
    this.#store = store
    this.#newId = newId
    this.#limitUpdates = new LimitUpdates(store)
    this.#choice = new CandidateChoice(store, newId)
    this.consumers = new ConsumerService(store)
  }

  /** @throws QuotaError UNKNOWN_PROVIDER, ID_REUSED, INVALID_INPUT, COUNT_OVERFLOW */
  reserve(request: ReserveRequest): Promise<ReserveAnswer> {
    return this.#execute(reserveCommand(request, request.id ?? this.#newId()))
  }

  /** Reserves at the best candidate. @throws QuotaError UNKNOWN_PROVIDER, ID_REUSED, INVALID_INPUT, COUNT_OVERFLOW */
  acquire(request: AcquireRequest): Promise<AcquireAnswer> {
    return this.#choice.acquire(request)
  }

  /** What `acquire` would choose. @throws QuotaError UNKNOWN_PROVIDER, INVALID_INPUT, COUNT_OVERFLOW */
  explain(request: AcquireRequest, known?: KnownOfCandidates): Promise<Explanation> {
    return this.#choice.explain(request, known)
  }

  /** What would be tried, step by step. @throws QuotaError UNKNOWN_PROVIDER, INVALID_INPUT, COUNT_OVERFLOW */
  assess(
    request: Omit<AcquireRequest, 'candidates'>,
    steps: AssessedSteps,
  ): Promise<readonly (readonly AssessedCandidate[])[]> {
    return this.#choice.assess(request, steps)
  }

  /** @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED, COUNT_OVERFLOW */
  commit(request: CommitRequest): Promise<Settled> {
    return this.#execute(commitCommand(request))
  }

  /**
   * Settles a call and applies its vendor's answer atomically.
   * @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED, COUNT_OVERFLOW
   */
  async settle(request: CommitRequest, seen: Observation): Promise<Settled> {
    const observe: ObserveCommand = { type: 'observe', reservationId: request.reservationId, ...seen }
    const [settled, observed] = await this.#store.execute([
      commitCommand(request, isOfUnknownModel(seen, request)),
      observe,
    ])
    if (settled === undefined) throw new Error('the store answered fewer outcomes than commands')
    if (!settled.ok) throw settled.error
    // The store answers each command by its type, which TypeScript cannot infer from the list.
    const answer = settled.answer as Settled
    const { limitUpdate } = observed?.ok ? (observed.answer as ObserveAnswer) : { limitUpdate: null }
    const learned = limitUpdate && (await this.#limitUpdates.learn(observe, limitUpdate))
    return learned ? { ...answer, stats: learned } : answer
  }

  /**
   * Applies what a vendor's answer reports of its quotas.
   * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_RESERVATION
   */
  async observe(reservationId: string | null, seen: Observation): Promise<Observed> {
    const observe: ObserveCommand = { type: 'observe', reservationId, ...seen }
    const { limitUpdate, ...observed } = await this.#execute(observe)
    const learned = limitUpdate && (await this.#limitUpdates.learn(observe, limitUpdate))
    return learned ? { changed: true, stats: learned } : observed
  }

  /** @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED */
  release(reservationId: string): Promise<Settled> {
    return this.#execute({ type: 'release', reservationId })
  }

  /** @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED */
  extend(request: ExtendRequest): Promise<AnswerTo<Extract<Command, { type: 'extend' }>>> {
    return this.#execute({ type: 'extend', ...request })
  }

  /**
   * Expires the oldest due attempts of all processes, a bounded number. Call it each second, and again while the step
   * was full.
   */
  expireDue(): Promise<ExpiryStep> {
    return expireStep(this.#store, null)
  }

  /** @throws QuotaError UNKNOWN_PROVIDER, ID_REUSED, INVALID_INPUT, COUNT_OVERFLOW */
  record(request: RecordRequest): Promise<Settled> {
    return this.#execute(recordCommand(request, request.id ?? this.#newId()))
  }

  /**
   * Resets today's usage, including usage dated ahead of the clock; returns the stats of the providers concerned.
   * @throws QuotaError UNKNOWN_PROVIDER; IN_USE, see {@link rewindClock}
   */
  async resetUsage(input: ResetInput, actor: string): Promise<readonly ProviderStats[]> {
    const names =
      'all' in input ? (await this.providers()).map(provider => provider.name) : [input.providerName]
    await rewindClock(this.#store, {
      providerNames: 'all' in input ? null : names,
      actor,
      newId: this.#newId,
    })
    const reset: ProviderStats[] = []
    for (const providerName of names) {
      const subject = providerRef(providerName)
      const answer = await this.#execute({ type: 'resetUsage', id: this.#newId(), subject, actor })
      if ('stats' in answer) reset.push(answer.stats)
    }
    return reset
  }

  /**
   * Adds to a limit until an instant, also where the configuration file manages its subject.
   * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_POOL, UNKNOWN_CONSUMER, ID_REUSED, INVALID_INPUT
   */
  grantQuota({ id, ...request }: GrantRequest, actor: string): Promise<QuotaGranted> {
    return this.#execute({ type: 'grantQuota', id: id ?? this.#newId(), ...request, actor })
  }

  /** Providers and pools whose latest rows are ahead of the store's clock, which makes their windows wait for it. */
  async aheadOfClock(): Promise<readonly AheadSubject[]> {
    const { state, clockMs } = await this.#snapshot(null)
    return aheadSubjects(state, clockMs)
  }

  /**
   * Rewinds every provider and pool whose latest rows are ahead of the store's clock, and returns them. No usage is
   * forgiven: it is re-dated to now.
   * @throws QuotaError IN_USE, see {@link rewindClock}
   */
  rewindClock(actor: string): Promise<readonly AheadSubject[]> {
    return rewindClock(this.#store, { providerNames: null, actor, newId: this.#newId })
  }

  /**
   * Checks that counters and daily sums of a provider and its pool's members agree with the ledger; see {@link
   * examineStore}. Reads their whole ledger.
   * @throws QuotaError UNKNOWN_PROVIDER
   */
  async examine(providerName: string, options: ExamineOptions = {}): Promise<Examined> {
    const { state, nowMs } = await this.#snapshot([providerName], noModels)
    liveProvider(state, providerName)
    const names = relatedProviders(state, providerName)
    return { nowMs, providerNames: names, discrepancies: await examineStore(this.#store, names, options) }
  }

  /**
   * A provider's current stats. With a model, they list that model and those named in settings; without, those called
   * last.
   * @throws QuotaError UNKNOWN_PROVIDER
   */
  async standing(providerName: string, model: string | null = null): Promise<ProviderStats> {
    if (model === null) {
      const { state, nowMs } = await this.#snapshot([providerName])
      liveProvider(state, providerName)
      return providerStats(state, providerName, nowMs)
    }
    const { state, nowMs } = await this.#snapshot([providerName], { calls: [{ providerName, model }] })
    liveProvider(state, providerName)
    return statsAfterCall(state, { providerName, model }, nowMs)
  }

  /**
   * Pages of all counters of limits per model, including those that stats do not list.
   * @throws QuotaError UNKNOWN_PROVIDER, INVALID_INPUT for an invalid cursor
   */
  async modelLimits(query: ModelCountersQuery, options?: ReadOptions): Promise<PageOf<LimitState>> {
    const { state, nowMs } = await this.#snapshot([query.providerName], noModels)
    liveProvider(state, query.providerName)
    const { rows, nextCursor } = await this.#store.read(query, options)
    return { rows: rows.flatMap(counter => stateOfCounter(state, counter, nowMs)), nextCursor }
  }

  /** A provider's current stats with a forecast, which takes another read. @throws QuotaError UNKNOWN_PROVIDER */
  async stats(providerName: string): Promise<ForecastStats> {
    const names = [providerName]
    const [{ state, nowMs }, hours] = await Promise.all([this.#snapshot(names), this.#recentHours(names)])
    liveProvider(state, providerName)
    return withForecast(providerStats(state, providerName, nowMs), { state, nowMs, hours })
  }

  /** The stats of every provider in use, by name. */
  async allStats(): Promise<AllStats> {
    const [{ state, nowMs }, hours] = await Promise.all([this.#snapshot(null), this.#recentHours(null)])
    const providers = liveNames(state).map(name =>
      withForecast(providerStats(state, name, nowMs), { state, nowMs, hours }),
    )
    return { providers, totals: totalsOf(providers) }
  }

  /** The providers in use, by name. */
  async providers(): Promise<readonly ProviderView[]> {
    const { state } = await this.#snapshot(null, noModels)
    return liveNames(state).map(name => providerView(state, liveProvider(state, name)))
  }

  /**
   * A page of them, without the state of any. Its cursor is the name of the page's last provider, which may be removed by
   * the time of the next page.
   */
  async providersPage(page: {
    readonly cursor: string | null
    readonly pageSize: number
  }): Promise<PageOf<ProviderView>> {
    const { cursor: afterName, pageSize } = page
    const { state, names, isLast } = await this.#store.read({ type: 'providers', afterName, pageSize })
    const rows = names.map(name => providerView(state, liveProvider(state, name)))
    return { rows, nextCursor: isLast ? null : (names.at(-1) ?? null) }
  }

  /** @throws QuotaError UNKNOWN_PROVIDER */
  async provider(name: string): Promise<ProviderView> {
    const { state } = await this.#snapshot([name], noModels)
    return providerView(state, liveProvider(state, name))
  }

  /** The pools in use, by name. */
  async pools(): Promise<readonly PoolView[]> {
    const { state } = await this.#snapshot(null, noModels)
    const live = [...state.owners(poolKind)].filter(pool => pool.removedAtMs === null)
    return live.sort((left, right) => compareText(left.name, right.name)).map(pool => poolView(state, pool))
  }

  /**
   * The provider as it is after the change; `updatedAt` is that of the change, also if others have made one since.
   * @throws QuotaError INVALID_INPUT, UNKNOWN_PROVIDER, NAME_TAKEN, UNKNOWN_POOL, IN_USE, MANAGED_BY_FILE,
   *   REVISION_CHANGED if it was last changed at another instant than expected
   */
  async upsertProvider(request: ProviderRequest, by: Actor): Promise<ProviderView> {
    const { updatedAtMs } = await this.#execute({ type: 'upsertProvider', ...request, ...by })
    return { ...(await this.provider(request.name)), updatedAt: isoInstant(updatedAtMs) }
  }

  /**
   * Changes nothing else of these providers, whatever others change meanwhile. One that is removed meanwhile stays removed,
   * as if that had come after.
   * @throws QuotaError MANAGED_BY_FILE; REVISION_CHANGED if others have changed a priority since it was read
   */
  async setPriorities(changes: readonly PriorityChange[], actor: string): Promise<void> {
    let left = changes
    for (let times = 1; left.length > 0; times++) {
      const outcomes = await this.#store.execute(left.map(change => priorityCommand(change, actor)))
      const refused: PriorityChange[] = []
      for (const [index, change] of left.entries()) {
        const outcome = outcomes[index]
        if (outcome === undefined || outcome.ok || outcome.error.code === 'UNKNOWN_PROVIDER') continue
        if (outcome.error.code !== 'REVISION_CHANGED' || times === maxRevisions) throw outcome.error
        refused.push(change)
      }
      left = await this.#stillAsRead(refused)
    }
  }

  /** The same for the providers as they are now. @throws QuotaError REVISION_CHANGED if the priority of one has changed */
  async #stillAsRead(changes: readonly PriorityChange[]): Promise<readonly PriorityChange[]> {
    if (changes.length === 0) return []
    const byName = new Map((await this.providers()).map(provider => [provider.name, provider]))
    return changes.flatMap(({ before, priority }) => {
      const now = byName.get(before.name)
      if (now === undefined || now.priority === priority) return []
      if (now.priority === before.priority) return [{ before: now, priority }]
      throw new QuotaError(
        'REVISION_CHANGED',
        `the priority of "${now.name}" was changed since it was read: read it again, and repeat the change`,
        { field: `priorities.${now.name}` },
      )
    })
  }

  /** @throws QuotaError UNKNOWN_POOL, NAME_TAKEN, IN_USE, MANAGED_BY_FILE, REVISION_CHANGED */
  async upsertPool(request: PoolRequest, by: Actor): Promise<PoolView> {
    await this.#execute({ type: 'upsertSubject', kind: poolKind, ...request, ...by })
    const { state } = await this.#snapshot(null, noModels)
    return poolView(state, knownOwner(state, { kind: poolKind, name: request.name }, 'name'))
  }

  /** @throws QuotaError UNKNOWN_PROVIDER, MANAGED_BY_FILE; REVISION_CHANGED if it was last changed at another instant */
  async removeProvider({ name, expectedUpdatedAtMs }: RemoveProviderRequest, by: Actor): Promise<void> {
    await this.#execute({ type: 'removeSubject', ...providerRef(name), expectedUpdatedAtMs, ...by })
  }

  /** @throws QuotaError UNKNOWN_POOL, IN_USE, MANAGED_BY_FILE */
  async removePool(name: string, by: Actor): Promise<void> {
    await this.#execute({ type: 'removeSubject', kind: poolKind, name, ...by })
  }

  /** @throws QuotaError UNKNOWN_PROVIDER */
  async setProviderEnabled({ name, enabled }: SetEnabledInput, actor: string): Promise<ForecastStats> {
    await this.#execute({ type: 'setEnabled', ...providerRef(name), enabled, actor })
    return this.stats(name)
  }

  /** @throws QuotaError UNKNOWN_PROVIDER */
  async retryProvider(name: string, actor: string): Promise<ForecastStats> {
    await this.#execute({ type: 'retryProvider', name, actor })
    return this.stats(name)
  }

  /**
   * States a provider's current key, so that the refusal of another key does not bar this one.
   * @throws QuotaError UNKNOWN_PROVIDER
   */
  retryKey(key: Omit<RetryKeyCommand, 'type'>): Promise<KeyRetried> {
    return this.#execute({ type: 'retryKey', ...key })
  }

  /** Those of these providers whose key was refused (bad credential or billing). Ignores unknown names. */
  async refusedKeys(names: readonly string[]): Promise<ReadonlySet<string>> {
    if (names.length === 0) return new Set()
    const { state } = await this.#snapshot(names, noModels)
    return new Set(names.filter(name => hasRefusedKey(state, name)))
  }

  /** Passes a query to the store. */
  read<Q extends Query>(query: Q, options?: ReadOptions): Promise<QueryResult<Q>> {
    return this.#store.read(query, options)
  }

  #snapshot(providerNames: readonly string[] | null, counters: CounterScope = 'listed'): Promise<Snapshot> {
    return this.#store.read({ type: 'snapshot', providerNames, counters })
  }

  async #recentHours(providerNames: readonly string[] | null): Promise<HoursByProvider> {
    return hoursByProvider(await this.#store.read({ type: 'recentHours', providerNames }))
  }

  #execute<C extends Command>(command: C): Promise<AnswerTo<C>> {
    return executeOne(this.#store, command)
  }
}
