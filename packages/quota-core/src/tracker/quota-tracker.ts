import type { ExamineOptions } from '../doctor/examine-store.js'
import type { ExtendCommand } from '../domain/command.js'
import type {
  AcquireAnswer,
  AheadSubject,
  AnswerTo,
  ForecastStats,
  LimitState,
  Observed,
  ProviderStats,
  QuotaGranted,
  ReserveAnswer,
} from '../domain/outcome.js'
import type { ExpiryStep } from '../expiry/expire-step.js'
import { type GrantInput, grantSchema } from '../input/grant-input.js'
import { parse } from '../input/parse.js'
import {
  nameInputSchema,
  type PoolInput,
  type ProviderInput,
  poolSchema,
  providerSchema,
  type SetEnabledInput,
  setEnabledSchema,
} from '../input/provider-input.js'
import {
  type AcquireInput,
  acquireSchema,
  type CommitInput,
  commitSchema,
  type ExtendInput,
  extendSchema,
  type ReserveInput,
  releaseSchema,
  reserveSchema,
} from '../input/quota-input.js'
import { nameSchema } from '../input/text.js'
import {
  type AlertsInput,
  alertsSchema,
  type HistoryInput,
  historySchema,
  type LedgerInput,
  ledgerSchema,
  type ModelCountersInput,
  modelCountersSchema,
  type RecordInput,
  recordSchema,
  resetSchema,
  type SummaryInput,
  summarySchema,
} from '../input/usage-input.js'
import type { Explanation } from '../service/candidate-choice.js'
import type { PoolView, ProviderView } from '../service/provider-view.js'
import {
  type AllStats,
  type Examined,
  type Observation,
  QuotaService,
  type QuotaServiceOptions,
} from '../service/quota-service.js'
import type {
  AlertsQuery,
  HistoryQuery,
  LedgerRowsQuery,
  PageOf,
  QueryResult,
  SummaryQuery,
} from '../store.js'
import { byApplication } from './by-application.js'
import { ConsumerTracker } from './consumer-tracker.js'

/**
 * Quotas for your own program, over any store.
 *
 * ```ts
 * const tracker = new QuotaTracker({ store: new MemoryQuotaStore({ now: Date.now }) })
 * await tracker.upsertProvider({
 *   name: 'groq_1',
 *   vendor: 'groq',
 *   limits: [{ metric: 'characters', window: 'day', max: 14_400 }],
 * })
 * await tracker.recordUsage('groq_1', { characterCount: 1_000 })
 * await tracker.getRemainingPercentage('groq_1') // 0.9305…
 * ```
 *
 * Every method throws QuotaError: INVALID_INPUT with the field, before anything is counted; UNKNOWN_PROVIDER; and the
 * codes named at each method. A denial is an answer, not an error.
 */
export class QuotaTracker {
  /** Operations on consumers and plans. */
  readonly consumers: ConsumerTracker
  readonly #service: QuotaService

  constructor(options: QuotaServiceOptions) {
    this.#service = new QuotaService(options)
    this.consumers = new ConsumerTracker(this.#service.consumers)
  }

  /** Creates, changes or revives a provider. @throws QuotaError IN_USE, MANAGED_BY_FILE, UNKNOWN_POOL */
  async upsertProvider(input: ProviderInput): Promise<ProviderView> {
    return this.#service.upsertProvider(parse(providerSchema, input), byApplication)
  }

  /**
   * Expires due reservations, oldest first and a bounded number. Call it each second, and again while the step was
   * full; until then they stay held.
   */
  expireDue(): Promise<ExpiryStep> {
    return this.#service.expireDue()
  }

  /** Creates, changes or revives a pool. @throws QuotaError IN_USE, MANAGED_BY_FILE */
  async upsertPool(input: PoolInput): Promise<PoolView> {
    return this.#service.upsertPool(parse(poolSchema, input), byApplication)
  }

  /**
   * Counts a call that has happened, whether or not limits have room for it; `requestCount` is 1 unless given. Returns
   * the provider's stats.
   */
  async recordUsage(
    providerName: string,
    usage: Omit<RecordInput, 'providerName'> = {},
  ): Promise<ProviderStats> {
    const { stats } = await this.#service.record(parse(recordSchema, { ...usage, providerName }))
    return stats
  }

  /** Unspent fraction 0…1 of the worst daily limit; null for a provider without a daily limit. */
  async getRemainingPercentage(providerName: string): Promise<number | null> {
    return (await this.#service.standing(parse(nameSchema, providerName))).remainingPercentage
  }

  /** Whether a call of one unit would be granted now. */
  async isProviderAvailable(providerName: string): Promise<boolean> {
    return (await this.#service.standing(parse(nameSchema, providerName))).available
  }

  /** A provider's current stats, with a forecast for each limit. */
  async getUsageStats(providerName: string): Promise<ForecastStats> {
    return this.#service.stats(parse(nameSchema, providerName))
  }

  /** Pages of all counters of limits per model, including those that stats do not list. */
  async getModelLimits(input: ModelCountersInput): Promise<PageOf<LimitState>> {
    return this.#service.modelLimits(parse(modelCountersSchema, input))
  }

  /** The stats of every provider, and the totals of their limits. */
  async getAllProviderStats(): Promise<AllStats> {
    return this.#service.allStats()
  }

  /** Resets today's usage of one provider, or of all if none is named. */
  async resetDailyUsage(providerName?: string): Promise<readonly ProviderStats[]> {
    const input = providerName === undefined ? { all: true } : { providerName }
    return this.#service.resetUsage(parse(resetSchema, input), byApplication.actor)
  }

  /** Adds to a limit until an instant. @throws QuotaError UNKNOWN_POOL, UNKNOWN_CONSUMER, ID_REUSED */
  async grantQuota(input: GrantInput): Promise<QuotaGranted> {
    return this.#service.grantQuota(parse(grantSchema, input), byApplication.actor)
  }

  /** Reserves quota before a call is sent. @throws QuotaError ID_REUSED */
  async reserve(input: ReserveInput): Promise<ReserveAnswer> {
    // Awaited here: a promise that an async function returns takes two more turns of the queue.
    return await this.#service.reserve(parse(reserveSchema, input))
  }

  /** Reserves quota at the best provider that has room. @throws QuotaError ID_REUSED */
  async acquire(input: AcquireInput): Promise<AcquireAnswer> {
    return this.#service.acquire(parse(acquireSchema, input))
  }

  /** Commits the usage of a reserved call. @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED */
  async commit(input: CommitInput): Promise<ProviderStats> {
    return (await this.#service.commit(parse(commitSchema, input))).stats
  }

  /** Releases the reservation of a call that was never made. @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED */
  async release(reservationId: string): Promise<ProviderStats> {
    const input = parse(releaseSchema, { reservationId })
    return (await this.#service.release(input.reservationId)).stats
  }

  /** Extends a reservation. @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED */
  async extend(input: ExtendInput): Promise<AnswerTo<ExtendCommand>> {
    return this.#service.extend(parse(extendSchema, input))
  }

  /** Which provider `acquire` would choose now, and why others are skipped. Nothing is reserved. */
  async explain(input: AcquireInput): Promise<Explanation> {
    return this.#service.explain(parse(acquireSchema, input))
  }

  /**
   * Applies a vendor's answer: refusals, limits, remaining units.
   * @throws QuotaError UNKNOWN_RESERVATION
   */
  async observe(reservationId: string | null, observation: Observation): Promise<Observed> {
    parse(nameSchema, observation.providerName)
    return this.#service.observe(reservationId, observation)
  }

  /** The providers in use, by name. */
  async listProviders(): Promise<readonly ProviderView[]> {
    return this.#service.providers()
  }

  /** A provider's settings. */
  async getProvider(name: string): Promise<ProviderView> {
    return this.#service.provider(parse(nameSchema, name))
  }

  /** The pools in use, by name. */
  async listPools(): Promise<readonly PoolView[]> {
    return this.#service.pools()
  }

  /** Removes a provider; its usage and ledger stay. @throws QuotaError MANAGED_BY_FILE */
  async removeProvider(name: string): Promise<void> {
    return this.#service.removeProvider(parse(nameInputSchema, { name }), byApplication)
  }

  /** @throws QuotaError UNKNOWN_POOL, IN_USE, MANAGED_BY_FILE */
  async removePool(name: string): Promise<void> {
    return this.#service.removePool(parse(nameInputSchema, { name }).name, byApplication)
  }

  /** Enables or disables a provider. */
  async setProviderEnabled(input: SetEnabledInput): Promise<ProviderStats> {
    return this.#service.setProviderEnabled(parse(setEnabledSchema, input), byApplication.actor)
  }

  /** Ends a provider's cool-downs, so that the next call tries it. */
  async retryProvider(name: string): Promise<ProviderStats> {
    return this.#service.retryProvider(parse(nameSchema, name), byApplication.actor)
  }

  /** Usage by provider and day, in pages. */
  async getHistory(input: HistoryInput): Promise<QueryResult<HistoryQuery>> {
    return this.#service.read(parse(historySchema, input))
  }

  /** Usage summed by day, hour, provider, model or consumer, in pages. */
  async getSummary(input: SummaryInput): Promise<QueryResult<SummaryQuery>> {
    return this.#service.read(parse(summarySchema, input))
  }

  /** Calls, the newest first, in pages. */
  async getLedger(input: LedgerInput = {}): Promise<QueryResult<LedgerRowsQuery>> {
    return this.#service.read(parse(ledgerSchema, input))
  }

  /** Alerts, the newest first, in pages. */
  async getAlerts(input: AlertsInput = {}): Promise<QueryResult<AlertsQuery>> {
    return this.#service.read(parse(alertsSchema, input))
  }

  /** Providers and pools whose latest rows are ahead of the store's clock, which makes their windows wait for it. */
  aheadOfClock(): Promise<readonly AheadSubject[]> {
    return this.#service.aheadOfClock()
  }

  /** Rewinds these to the clock and re-dates usage ahead of it to now; no usage is forgiven. */
  rewindClock(): Promise<readonly AheadSubject[]> {
    return this.#service.rewindClock(byApplication.actor)
  }

  /**
   * Checks that a provider's counters and daily sums agree with its ledger; an empty list of discrepancies if they do.
   */
  async examine(providerName: string, options: ExamineOptions = {}): Promise<Examined> {
    return this.#service.examine(parse(nameSchema, providerName), options)
  }
}
