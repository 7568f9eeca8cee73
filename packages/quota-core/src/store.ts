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
 * Where quotas are kept. A store keeps and locks; what a command means is decided by
 * {@link decideBatch} alone. Any store that passes the contract suite (`@quotakeeper/quota-core/contract`)
 * will do.
 */
export interface QuotaStore {
  /**
   * Carries the commands out, in order and durably: when it answers, what it answers has happened.
   * A command that fails changes nothing and does not hinder the others. Outcomes are in the order of
   * the commands. One that is denied while attempts of its subjects are due is decided once more when some of
   * them have expired: see {@link decideOnceMore}.
   * @throws QuotaError STORE_UNAVAILABLE when the store cannot be reached in time. Then it is unknown
   *   whether the commands have landed; repeating them with the same ids is safe.
   */
  execute(commands: readonly Command[]): Promise<readonly Outcome[]>

  /**
   * Answers a query from one consistent view of the store, without a lock. Lists give way to commands: a store may
   * bound their number and their time.
   * @throws QuotaError STORE_UNAVAILABLE; READ_REFUSED for a list that takes too long, is one too many or whose
   *   caller has gone.
   */
  read<Q extends Query>(query: Q, options?: ReadOptions): Promise<QueryResult<Q>>

  /** Finishes what has been accepted, then lets go of everything. */
  close(): Promise<void>
}

/** How a list is read. */
export interface ReadOptions {
  /** For files and examinations, which nobody waits for page by page: they go one at a time. False unless given. */
  readonly isBulk?: boolean
  /** Aborts when whoever has asked has gone: a store may then give the read up. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The state of some providers (null: all), and of others perhaps, with their pools, as of `nowMs`. Attempts due
 * are held in it until they are expired. Of counters it holds those that models share, and those of single models that
 * are asked for: looking at others is an error.
 */
export interface SnapshotQuery {
  readonly type: 'snapshot'
  readonly providerNames: readonly string[] | null
  /** Which counters of single models: those that stats list, unless given. */
  readonly counters?: CounterScope
}

/**
 * Counters of single models: `listed` by stats, `all` there are, or those of the models, of these providers alone where
 * they are said.
 */
export type CounterScope =
  | 'listed'
  | 'all'
  | {
      readonly calls: readonly CalledModel[]
      /** Whom the calls are for, whose subjects come along; nobody in particular unless given. */
      readonly consumer?: string
    }

/** A model, of one provider; null for every provider of the query. */
export interface CalledModel {
  readonly providerName: string | null
  readonly model: string
}

/**
 * What limits that tell models apart have counted, of a provider and its pool, one row for each limit and model, by
 * subject, limit and model.
 */
export interface ModelCountersQuery extends Page {
  readonly type: 'modelCounters'
  readonly providerName: string
}

export interface Snapshot {
  readonly state: QuotaState
  /** Time for the subjects: the clock's, or later where they have seen it ahead. */
  readonly nowMs: number
  /** What the store's clock shows. */
  readonly clockMs: number
}

/**
 * What some providers (null: all) and the members of their pools, and others perhaps, have used in the clock
 * hours that began in the last two hours. For forecasts alone: a store may answer for all from memory that is
 * a second old.
 */
export interface RecentHoursQuery {
  readonly type: 'recentHours'
  readonly providerNames: readonly string[] | null
}

/** One page of a list that is ordered by a cursor. */
interface Page {
  /** The `nextCursor` of the page before; null for the first. */
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

/** What sums can be told apart by. */
export type SummaryKey = 'day' | 'hour' | 'provider' | 'model' | 'consumer'

/** Sums of usage from hour to hour, told apart by the given keys, in their order. */
export interface SummaryQuery extends Page {
  readonly type: 'summary'
  /** Null for all. */
  readonly providerName: string | null
  /** First and last day, `YYYY-MM-DD`, both included. */
  readonly from: string
  readonly to: string
  readonly groupBy: readonly SummaryKey[]
}

/** A sum. Keys that were not asked for are absent. `hour` is ISO-8601, `day` the provider's. */
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
  /** Rows of this model alone; of all unless given. */
  readonly model?: string
  /** Rows of this consumer alone; of all unless given. */
  readonly consumer?: string
  /** Rows in this state alone; in any unless given. */
  readonly state?: AttemptState
  /** Rows of these of the provider's days alone, both included; of all unless given. */
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
  /** Rises with each alert. */
  readonly id: string
}

/** Attempts of these subjects (null: of all) that are pending though they are due, oldest first. */
export interface DueQuery {
  readonly type: 'due'
  readonly subjects: readonly SubjectRef[] | null
  /** Most attempts to answer. */
  readonly pageSize: number
}

export type Query =
  | SnapshotQuery
  | ModelCountersQuery
  | DueQuery
  | RecentHoursQuery
  | HistoryQuery
  | SummaryQuery
  | LedgerRowsQuery
  | AlertsQuery

interface ResultByType {
  readonly snapshot: Snapshot
  readonly modelCounters: PageOf<Counter>
  readonly due: readonly DueAttempt[]
  /** In no order. */
  readonly recentHours: readonly HourOfUsage[]
  readonly history: PageOf<DailyUsage>
  readonly summary: PageOf<UsageSum>
  readonly ledger: PageOf<Attempt>
  readonly alerts: PageOf<StoredAlert>
}

export type QueryResult<Q extends Query> = ResultByType[Q['type']]

/** Told by a store after its changes are durable. */
export interface StoreListener {
  /** Each alert, once, in the process that raised it. */
  onAlert(alert: Alert): void
  /** Each batch that was carried out in this process: for figures, not for decisions. Must not throw. */
  onBatch?(batch: FinishedBatch): void
  /** Each time that callers were told that the store is unavailable, with what they were told. */
  onUnavailable?(error: QuotaError): void
}

/** Commands that were carried out together. */
export interface FinishedBatch {
  readonly outcomes: readonly Outcome[]
  readonly changes: readonly Change[]
  /** From its beginning to its durability, in milliseconds. */
  readonly elapsedMs: number
}
