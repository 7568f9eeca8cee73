import {
  type Command,
  type DueAttempt,
  type DueQuery,
  decideOnceMore,
  ExpirySteps,
  type HourOfUsage,
  type Outcome,
  type Query,
  type QueryResult,
  type QuotaStore,
  type Snapshot,
  type StoreListener,
} from '@quotakeeper/quota-core'
import type { Database } from '../database/database.js'
import { alertPage } from '../reads/alert-page.js'
import { historyPage } from '../reads/history-page.js'
import { ledgerPage } from '../reads/ledger-page.js'
import { recentHours } from '../reads/recent-hours.js'
import { summaryPage } from '../reads/summary-page.js'
import { AllSettings } from './all-settings.js'
import { BatchQueue } from './batch-queue.js'
import { DatabaseFailure, mayPass, unavailable, unstorable, withCheckedSession } from './failures.js'
import { KnownSettings } from './known-settings.js'
import { RememberedRead } from './remembered-read.js'
import { RememberedState } from './remembered-state.js'
import { runBatch } from './run-batch.js'
import { SharedReads } from './shared-reads.js'
import { readSnapshot } from './snapshot.js'
import { dueAttempts, readDueAttempt } from './statements/attempts.js'

export interface PostgresQuotaStoreOptions {
  readonly database: Database
  readonly listener?: StoreListener
}

const bounds = { mostInBatch: 1_000, mostQueued: 10_000 } as const
/** How long a batch is tried again before its callers are told that the store is unavailable. */
const patienceMs = 5_000
/** The same while the last batch was given up: callers of a dead database learn it fast. */
const shortPatienceMs = 500
/** How old the hours of all providers may be: forecasts alone go by them, and 1,000 took 9 ms to read. */
const hoursLifetimeMs = 1_000
const firstPauseMs = 10
const longestPauseMs = 250

/**
 * A store in PostgreSQL, on a server or embedded: exact on any number of processes, durable when it
 * answers, and safe to repeat. See the package's README for how.
 */
export class PostgresQuotaStore implements QuotaStore {
  readonly #database: Database
  readonly #listener: StoreListener | undefined
  readonly #known = new KnownSettings()
  readonly #all = new AllSettings()
  readonly #remembered = new RememberedState()
  readonly #snapshotOfSome = new SharedReads<Snapshot>(names => this.#snapshot(names))
  readonly #snapshotOfAll = new SharedReads<Snapshot>(() => this.#snapshot(null))
  readonly #hoursOfSome = new SharedReads<readonly HourOfUsage[]>(names => recentHours(this.#database, names))
  readonly #hoursOfAll = new RememberedRead<readonly HourOfUsage[]>(hoursLifetimeMs)
  readonly #queue: BatchQueue
  readonly #steps = new ExpirySteps(this)
  #isHealthy = true

  constructor({ database, listener }: PostgresQuotaStoreOptions) {
    this.#database = database
    this.#listener = listener
    this.#queue = new BatchQueue(commands => this.#run(commands), bounds)
  }

  async execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const [only] = commands
    if (commands.length === 1 && only !== undefined) return [await this.#execute(only)]
    return await Promise.all(commands.map(command => this.#execute(command)))
  }

  async #execute(command: Command): Promise<Outcome> {
    const first = await this.#queue.execute(command)
    if (first.awaits === undefined) return first
    return decideOnceMore(first, { steps: this.#steps, again: () => this.#queue.execute(command) })
  }

  async read<Q extends Query>(query: Q): Promise<QueryResult<Q>> {
    const result = await this.#patiently(() => this.#answer(query))
    // TypeScript does not narrow a type parameter by a switch over its value.
    return result as QueryResult<Q>
  }

  /** Answers what has been accepted. The database stays open: whoever opened it closes it. */
  async close(): Promise<void> {
    await this.#queue.drained()
  }

  #answer(query: Query): Promise<QueryResult<Query>> {
    switch (query.type) {
      case 'snapshot':
        return query.providerNames === null
          ? this.#snapshotOfAll.read([])
          : this.#snapshotOfSome.read(query.providerNames)
      case 'due':
        return this.#due(query)
      case 'recentHours':
        return query.providerNames === null
          ? this.#hoursOfAll.read(() => recentHours(this.#database, null))
          : this.#hoursOfSome.read(query.providerNames)
      case 'history':
        return historyPage(this.#database, query)
      case 'summary':
        return summaryPage(this.#database, query)
      case 'ledger':
        return ledgerPage(this.#database, query)
      case 'alerts':
        return alertPage(this.#database, query)
    }
  }

  #snapshot(providerNames: readonly string[] | null): Promise<Snapshot> {
    return readSnapshot(this.#database, providerNames, { known: this.#known, all: this.#all })
  }

  async #due({ subjects, pageSize }: DueQuery): Promise<readonly DueAttempt[]> {
    const statement = dueAttempts(subjects, pageSize)
    const [rows = []] = await withCheckedSession(this.#database, session => session.run([statement]))
    return rows.map(readDueAttempt)
  }

  async #run(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const startedAtMs = performance.now()
    try {
      const { changes, outcomes } = await this.#patiently(() =>
        runBatch(this.#database, commands, { known: this.#known, remembered: this.#remembered }),
      )
      this.#listener?.onBatch?.({ outcomes, changes, elapsedMs: performance.now() - startedAtMs })
      for (const change of changes) if (change.table === 'alert') this.#listener?.onAlert(change.row)
      return outcomes
    } catch (error) {
      return refused(commands, error)
    }
  }

  /** Does it again while the database is away or others are in the way, until patience runs out. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + (this.#isHealthy ? patienceMs : shortPatienceMs)
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        const result = await work()
        this.#isHealthy = true
        return result
      } catch (error) {
        if (!mayPass(error)) throw error
        if (performance.now() + pauseMs > deadlineMs) {
          this.#isHealthy = false
          this.#listener?.onUnavailable?.()
          throw unavailable(error)
        }
      }
      await pause(pauseMs)
    }
  }
}

/** A lone command that the database refuses is at fault itself; among others, it is not known which. */
function refused(commands: readonly Command[], error: unknown): readonly Outcome[] {
  if (commands.length > 1 || !(error instanceof DatabaseFailure)) throw error
  return [{ ok: false, error: unstorable(error) }]
}

function pause(pauseMs: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, pauseMs)
  })
}
