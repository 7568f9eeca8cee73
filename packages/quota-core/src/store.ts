import type { Alert, AlertSeverity } from './domain/alert.js'
import type { Attempt, AttemptState } from './domain/attempt.js'
import type { Command, DueAttempt } from './domain/command.js'
import type { Counter } from './domain/counter.js'
import type { Counts } from './domain/counts.js'
import type { Outcome } from './domain/outcome.js'
import type { QuotaError } from './domain/quota-error.js'
import type { Change, QuotaState } from './domain/state.js'
import type { SubjectRef } from './domain/subject.js'
import type { SubjectKind } from './domain/subject-kinds.js'
import type { HourOfUsage } from './forecast/recent-hours.js'

/**
 * Storage of quotas. A store persists and locks rows; {@link decideBatch} alone decides what a command does. Any store
 * that passes the contract suite (`@quotakeeper/quota-core/contract`) can be used.
 */
export interface QuotaStore {
  /**
   * Executes the commands in order and durably: answers are returned only after their changes are durable. A failed
   * command changes nothing and does not affect the others. Outcomes are in the order of the commands. A command denied
   * while attempts of its subjects are due is decided again after some have expired: see {@link decideOnceMore}.
   * @throws QuotaError STORE_UNAVAILABLE if the store cannot be reached in time. Whether the commands were applied is
   * then unknown; commands are idempotent by id, so repeat them.
   */
  execute(commands: readonly Command[]): Promise<readonly Outcome[]>

  /**
   * Answers a query from one consistent snapshot, without locks. Commands have priority over lists: a store may bound
   * the number and duration of lists.
   * @throws QuotaError STORE_UNAVAILABLE; READ_REFUSED if a list takes too long, too many are running, or its caller
   * has disconnected
   */
  read<Q extends Query>(query: Q, options?: ReadOptions): Promise<QueryResult<Q>>

  /** Finishes accepted commands, then releases all resources. */
  close(): Promise<void>
}

/** Options of a read. */
export interface ReadOptions {
  /** For exports and examinations, which run one at a time. False unless given. */
  readonly isBulk?: boolean
  /** Aborts when the caller disconnects; a store may then cancel the read. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The state of some providers (null: all) and their pools at `nowMs`. If all counters are read, it has every subject; if
 * those of calls for a consumer are read, it has that consumer and its ancestors. Due attempts stay held in it until
 * expired. It holds shared counters and the requested counters of single models; reading others throws.
 */
export interface SnapshotQuery {
  readonly type: 'snapshot'
  readonly providerNames: readonly string[] | null
  /** Which counters of single models to read; those that stats list, unless given. */
  readonly counters?: CounterScope
}

/** Counters of single models: `listed` by stats, `all`, or those of calls to given models and providers. */
export type CounterScope =
  | 'listed'
  | 'all'
  | {
      readonly calls: readonly CalledModel[]
      /** The consumer of the calls, whose subjects are included; none unless given. */
      readonly consumer?: string
      /** The consumer's end user; none unless given. */
      readonly endUser?: string
    }

/** A model of one provider; null for every provider of the query. */
export interface CalledModel {
  readonly providerName: string | null
  readonly model: string
}

/**
 * Counters of limits per model of a provider and its pool: one row for each limit and model, ordered by subject, limit
 * and model.
 */
export interface ModelCountersQuery extends Page {
  readonly type: 'modelCounters'
  readonly providerName: string
}

export interface Snapshot {
  readonly state: QuotaState
  /** The subjects' time: the clock, or a later time that they have recorded. */
  readonly nowMs: number
  /** The store's clock. */
  readonly clockMs: number
}

/**
 * Usage of some providers (null: all), of the members of their pools, and perhaps of others, in the clock hours that
 * began in the last two hours. Only for forecasts: a store may answer from a cache up to a second old.
 */
export interface RecentHoursQuery {
  readonly type: 'recentHours'
  readonly providerNames: readonly string[] | null
}

/**
 * Usage of a consumer and its descendants in the same hours, by hour and model, whichever provider served it:
 * `providerName` is `''`. Reads give way: it may be refused.
 */
export interface RecentHoursUnderQuery {
  readonly type: 'recentHoursUnder'
  readonly consumer: string
}

/**
 * The state of some subjects and their ancestors. Unknown subjects are absent. It holds the counters that models and
 * users share, and those of single ones that stats list.
 */
export interface SubjectsQuery {
  readonly type: 'subjects'
  readonly subjects: readonly SubjectRef[]
}

/** The settings of some subjects and their ancestors, without any counter. Unknown subjects are absent. */
export interface SettingsQuery {
  readonly type: 'settings'
  readonly subjects: readonly SubjectRef[]
}

/** The names of owners in use of one kind, in order. */
export interface OwnersQuery extends Page {
  readonly type: 'owners'
  readonly kind: SubjectKind
  /** Only those that rely on this one directly, as its children or as consumers of a plan; all unless given. */
  readonly reliesOn?: SubjectRef | undefined
  /** Only this owner and its descendants; all unless given. */
  readonly under?: string | undefined
  /** Only those whose names contain this, in upper or lower case; all unless given. */
  readonly nameContains?: string | undefined
}

/** The settings of the providers in use, in order of name, without any counter and without their pools. */
export interface ProvidersQuery {
  readonly type: 'providers'
  /** Only those after this name, whether or not a provider has it; null for the first. */
  readonly afterName: string | null
  /** Most providers to answer. */
  readonly pageSize: number
}

/** A page of providers. */
export interface ProvidersPage {
  readonly state: QuotaState
  readonly names: readonly string[]
  readonly isLast: boolean
}

/** One page of a list that is ordered by a cursor. */
interface Page {
  /** The `nextCursor` of the previous page; null for the first. */
  readonly cursor: string | null
  /** Most rows to answer. */
  readonly pageSize: number
}

export interface PageOf<Row> {
  readonly rows: readonly Row[]
  /** Null after the last page. */
  readonly nextCursor: string | null
}

/** Usage per provider and day, newest day first, then by provider's name. */
export interface HistoryQuery extends Page {
  readonly type: 'history'
  /** Null for all. */
  readonly providerName: string | null
  /** First and last day, `YYYY-MM-DD`, both included. */
  readonly from: string
  readonly to: string
}

export interface DailyUsage extends Counts {
  readonly providerName: string
  readonly date: string
}

/** Keys to group sums by. */
export type SummaryKey = 'day' | 'hour' | 'provider' | 'model' | 'consumer'

/** Sums of hourly usage, grouped and ordered by the given keys. */
export interface SummaryQuery extends Page {
  readonly type: 'summary'
  /** Null for all. */
  readonly providerName: string | null
  /** First and last day, `YYYY-MM-DD`, both included. */
  readonly from: string
  readonly to: string
  readonly groupBy: readonly SummaryKey[]
  /** Only usage of this model; of all unless given. */
  readonly model?: string
  /** Only usage of this consumer; of all unless given. */
  readonly consumer?: string
  /** Only usage of these consumers; of all unless given. */
  readonly consumers?: readonly string[]
  /** Only usage of this consumer and its descendants; of all unless given. */
  readonly under?: string
}

/** A sum. Keys that were not requested are absent. `hour` is ISO-8601, `day` the provider's day. */
export interface UsageSum extends Counts {
  readonly day?: string
  readonly hour?: string
  readonly providerName?: string
  readonly model?: string
  readonly consumer?: string
}

/** Rows of the ledger, newest first. */
export interface LedgerRowsQuery extends Page {
  readonly type: 'ledger'
  readonly providerName: string | null
  readonly requestId: string | null
  /** Only rows of this model; all unless given. */
  readonly model?: string
  /** Only rows of this consumer; all unless given. */
  readonly consumer?: string
  /** Only rows of these consumers; of all unless given. */
  readonly consumers?: readonly string[]
  /** Only rows of this consumer and its descendants; of all unless given. */
  readonly under?: string
  /** Only rows in this state; any unless given. */
  readonly state?: AttemptState
  /** Only rows of these provider days, both included; all unless given. */
  readonly days?: { readonly from: string; readonly to: string }
}

/** Alerts, newest first. */
export interface AlertsQuery extends Page {
  readonly type: 'alerts'
  readonly subjectKind: SubjectKind | null
  readonly subjectName: string | null
  readonly severity: AlertSeverity | null
}

/** An alert as stored. */
export interface StoredAlert extends Alert {
  /** Ascending with each alert. */
  readonly id: string
}

/** Due pending attempts of these subjects (null: of all), oldest first. */
export interface DueQuery {
  readonly type: 'due'
  readonly subjects: readonly SubjectRef[] | null
  /** Most attempts to answer. */
  readonly pageSize: number
}

export type Query =
  | SnapshotQuery
  | SubjectsQuery
  | SettingsQuery
  | ProvidersQuery
  | OwnersQuery
  | ModelCountersQuery
  | DueQuery
  | RecentHoursQuery
  | RecentHoursUnderQuery
  | HistoryQuery
  | SummaryQuery
  | LedgerRowsQuery
  | AlertsQuery

interface ResultByType {
  readonly snapshot: Snapshot
  readonly subjects: Snapshot
  readonly settings: QuotaState
  readonly providers: ProvidersPage
  readonly owners: PageOf<SubjectRef>
  readonly modelCounters: PageOf<Counter>
  readonly due: readonly DueAttempt[]
  /** In no order. */
  readonly recentHours: readonly HourOfUsage[]
  readonly recentHoursUnder: readonly HourOfUsage[]
  readonly history: PageOf<DailyUsage>
  readonly summary: PageOf<UsageSum>
  readonly ledger: PageOf<Attempt>
  readonly alerts: PageOf<StoredAlert>
}

export type QueryResult<Q extends Query> = ResultByType[Q['type']]

/** Callbacks of a store, invoked after changes are durable. */
export interface StoreListener {
  /** Called once for each alert, in the process that raised it. */
  onAlert(alert: Alert): void
  /** Called for each batch executed in this process; for metrics, not for decisions. Must not throw. */
  onBatch?(batch: FinishedBatch): void
  /** Called each time callers get STORE_UNAVAILABLE, with that error. */
  onUnavailable?(error: QuotaError): void
}

/** Commands executed in one batch. */
export interface FinishedBatch {
  readonly outcomes: readonly Outcome[]
  readonly changes: readonly Change[]
  /** From the start of the batch until it is durable. */
  readonly elapsedMs: number
}
