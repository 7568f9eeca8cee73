import { choose, deniedEverywhere, earlierOf } from '../decide/admission/acquire.js'
import { needsModel } from '../decide/admission/admit.js'
import { type AssessedCandidate, assessCandidates } from '../decide/admission/assess-candidates.js'
import { rankCandidates } from '../decide/admission/rank.js'
import { knownOwner, liveProvider } from '../decide/call-counters.js'
import { aheadSubjects } from '../decide/clocks/subject-time.js'
import { hasRefusedKey } from '../decide/signals/retry-key.js'
import type { Discrepancy } from '../doctor/books.js'
import { type ExamineOptions, examineStore } from '../doctor/examine-store.js'
import type { Candidate, CandidateCost, Command, ObserveCommand, RetryKeyCommand } from '../domain/command.js'
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
  Skipped,
} from '../domain/outcome.js'
import { relatedProviders } from '../domain/related-providers.js'
import type { QuotaState } from '../domain/state.js'
import { compareText, providerRef } from '../domain/subject.js'
import { poolKind } from '../domain/subject-kinds.js'
import { uuidV7 } from '../domain/uuid.js'
import { type ExpiryStep, expireStep } from '../expiry/expire-step.js'
import { type HoursByProvider, hoursByProvider, withForecast } from '../forecast/with-forecast.js'
import type { GrantRequest } from '../input/grant-input.js'
import type { PoolRequest, ProviderRequest, SetEnabledInput } from '../input/provider-input.js'
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
import { acquireCommand, commitCommand, recordCommand, reserveCommand } from './commands.js'
import { ConsumerService } from './consumer-service.js'
import { executeOne } from './execute-one.js'
import { LimitUpdates } from './limit-updates.js'
import { type PoolView, type ProviderView, poolView, providerView } from './provider-view.js'
import { rewindClock } from './rewind-clock.js'

/** Whether the vendor refused a call because it does not know the model. A partly answered call had a known model. */
function isOfUnknownModel({ refusal }: Observation, { outcome }: CommitRequest): boolean {
  return refusal?.kind === 'unknown_model' && outcome === 'refused'
}

/** Reads no counters, for settings and cool-downs. */
const noModels: CounterScope = { calls: [] }

/** Candidates locked at once: only the best few, since the first nearly always has room. */
const candidatesAtOnce = 8

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

/** The result of an examination. */
export interface Examined {
  /** By the store's clock. */
  readonly nowMs: number
  /** The provider and the other members of its pool. */
  readonly providerNames: readonly string[]
  /** Empty for a consistent store. Concurrent changes show as discrepancies too. */
  readonly discrepancies: readonly Discrepancy[]
}

/** What the caller of `explain` knows of candidates. */
export interface KnownOfCandidates {
  /** Providers for which no gateway has a key, each with the variable to set. */
  readonly keyless?: ReadonlyMap<string, string | null>
  /** What the call costs at a vendor; null for what the request states. */
  readonly costAt?: (vendor: string, model: string) => CandidateCost | null
}

/** What is asked of {@link QuotaService.assess}. */
export interface AssessedSteps extends KnownOfCandidates {
  /** Tried in order; the strategy orders the candidates of each. */
  readonly steps: readonly (readonly Candidate[])[]
  /** Priorities to suppose instead of those of the providers. */
  readonly priorities?: ReadonlyMap<string, number> | undefined
}

/** The provider that would be chosen, and why others are skipped. Nothing is reserved. */
export interface Explanation {
  /** Null if every candidate would be skipped. */
  readonly chosen: Candidate | null
  readonly skipped: readonly Skipped[]
  /** ISO-8601. The earliest `retryAt`; null if a provider is chosen or none is known. */
  readonly retryAt: string | null
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
  #turn = 0

  constructor({ store, newId = () => uuidV7() }: QuotaServiceOptions) {
    this.#store = store
    this.#newId = newId
    this.#limitUpdates = new LimitUpdates(store)
    this.consumers = new ConsumerService(store)
  }

  /** @throws QuotaError UNKNOWN_PROVIDER, ID_REUSED, INVALID_INPUT, COUNT_OVERFLOW */
  reserve(request: ReserveRequest): Promise<ReserveAnswer> {
    return this.#execute(reserveCommand(request, request.id ?? this.#newId()))
  }

  /**
   * Few candidates are decided under the locks of all. Many are ranked on an unlocked read; then the best few are
   * locked, and if these are spent meanwhile, the next few.
   * @throws QuotaError UNKNOWN_PROVIDER, ID_REUSED, INVALID_INPUT, COUNT_OVERFLOW
   */
  async acquire(request: AcquireRequest): Promise<AcquireAnswer> {
    const turn = this.#turn++
    const id = request.id ?? this.#newId()
    if (request.candidates !== null && request.candidates.length <= candidatesAtOnce)
      return this.#execute(acquireCommand(request, { id, candidates: request.candidates, turn }))
    const { state, nowMs } = await this.#snapshotOfCalls(request)
    const ranking = { strategy: request.strategy, turn, asked: request }
    const candidates = rankCandidates(state, candidatesOf(state, request), ranking, nowMs)
    const skipped: Skipped[] = []
    let retryAt: string | null = null
    for (let start = 0; start < candidates.length; start += candidatesAtOnce) {
      const few = candidates.slice(start, start + candidatesAtOnce)
      // The candidates are ranked already; a round robin of the few must begin with the first.
      const turnOfFew = request.strategy === 'round-robin' ? positionOf(few) : turn
      // While other candidates are left, the call does not wait for quota locked by another session.
      const waitsForBusy = start + candidatesAtOnce >= candidates.length
      const made = { id, candidates: few, turn: turnOfFew, waitsForBusy }
      const answer = await this.#execute(acquireCommand(request, made))
      skipped.push(...answer.skipped)
      if (answer.decision === 'granted') return { ...answer, skipped }
      retryAt = earlierOf(retryAt, answer.retryAt)
    }
    return deniedEverywhere(skipped, retryAt)
  }

  /** @throws QuotaError UNKNOWN_PROVIDER, INVALID_INPUT, COUNT_OVERFLOW */
  async explain(request: AcquireRequest, known: KnownOfCandidates = {}): Promise<Explanation> {
    const { keyless, costAt = () => null } = known
    const { state, nowMs } = await this.#snapshotOfCalls(request)
    const candidates = withCosts(state, candidatesOf(state, request), costAt)
    const choosing = {
      candidates,
      strategy: request.strategy,
      turn: this.#turn,
      ...(keyless === undefined ? {} : { keyless }),
    }
    const { chosen, skipped, retryAt } = choose(state, choosing, request, nowMs)
    if (chosen === null) return { chosen, skipped, retryAt }
    const { provider, model } = chosen.admissionRequest
    return { chosen: { providerName: provider.name, model }, skipped, retryAt: null }
  }

  /**
   * What would be tried for a call, step by step, as of one instant. Nothing is reserved.
   * @throws QuotaError UNKNOWN_PROVIDER, INVALID_INPUT, COUNT_OVERFLOW
   */
  async assess(
    request: Omit<AcquireRequest, 'candidates'>,
    { steps, priorities, keyless, costAt = () => null }: AssessedSteps,
  ): Promise<readonly (readonly AssessedCandidate[])[]> {
    const { state, nowMs } = await this.#snapshotOfCalls({ ...request, candidates: steps.flat() })
    return steps.map(step => {
      const candidates = withCosts(state, step, costAt)
      const choosing = { candidates, strategy: request.strategy, turn: this.#turn, priorities, keyless }
      return assessCandidates(state, choosing, request, nowMs)
    })
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

  /** @throws QuotaError INVALID_INPUT, UNKNOWN_POOL, IN_USE, MANAGED_BY_FILE */
  async upsertProvider(request: ProviderRequest, by: Actor): Promise<ProviderView> {
    await this.#execute({ type: 'upsertProvider', ...request, ...by })
    return this.provider(request.name)
  }

  /** @throws QuotaError IN_USE, MANAGED_BY_FILE */
  async upsertPool(request: PoolRequest, by: Actor): Promise<PoolView> {
    await this.#execute({ type: 'upsertSubject', kind: poolKind, ...request, ...by })
    const { state } = await this.#snapshot(null, noModels)
    return poolView(state, knownOwner(state, { kind: poolKind, name: request.name }, 'name'))
  }

  /** @throws QuotaError UNKNOWN_PROVIDER, MANAGED_BY_FILE */
  async removeProvider(name: string, by: Actor): Promise<void> {
    await this.#execute({ type: 'removeSubject', ...providerRef(name), ...by })
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

  /** Reads the state needed to choose among the candidates. */
  #snapshotOfCalls({ candidates, model, consumer, endUser = '' }: AcquireRequest): Promise<Snapshot> {
    const calls = candidates ?? [{ providerName: null, model }]
    return this.#snapshot(namesIn(candidates), { calls, consumer, endUser })
  }

  async #recentHours(providerNames: readonly string[] | null): Promise<HoursByProvider> {
    return hoursByProvider(await this.#store.read({ type: 'recentHours', providerNames }))
  }

  #execute<C extends Command>(command: C): Promise<AnswerTo<C>> {
    return executeOne(this.#store, command)
  }
}

/** The candidates with what the call costs there, unless they state it. */
function withCosts(
  state: QuotaState,
  candidates: readonly Candidate[],
  costAt: NonNullable<KnownOfCandidates['costAt']>,
): readonly Candidate[] {
  return candidates.map(candidate => {
    const { vendor } = liveProvider(state, candidate.providerName)
    const cost = candidate.cost ?? costAt(vendor, candidate.model)
    return cost === null ? candidate : { ...candidate, cost }
  })
}

function namesIn(candidates: readonly Candidate[] | null): readonly string[] | null {
  return candidates === null ? null : [...new Set(candidates.map(candidate => candidate.providerName))]
}

function liveNames(state: QuotaState): readonly string[] {
  const live = [...state.providers()].filter(provider => provider.removedAtMs === null)
  return live.map(provider => provider.name).sort(compareText)
}

/** The requested candidates, or every provider in use that can take a call to the model. */
function candidatesOf(
  state: QuotaState,
  { candidates, model, consumer }: AcquireRequest,
): readonly Candidate[] {
  if (candidates !== null) return candidates
  return liveNames(state)
    .filter(
      providerName =>
        model !== '' || !needsModel(state, state.kinds.ofCall(state, { providerName, consumer })),
    )
    .map(providerName => ({ providerName, model }))
}

/** The turn at which a round robin over these, which sorts by name, begins with the first. */
function positionOf(candidates: readonly Candidate[]): number {
  const first = candidates[0]
  const keys = candidates.map(({ providerName, model }) => `${providerName}\n${model}`).sort(compareText)
  return first === undefined ? 0 : keys.indexOf(`${first.providerName}\n${first.model}`)
}
