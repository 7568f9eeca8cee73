import {
  type Candidate,
  type Command,
  type CounterScope,
  type DueAttempt,
  type DueQuery,
  decideOnceMore,
  ExpirySteps,
  type HourOfUsage,
  type Outcome,
  type Query,
  type QueryResult,
  QuotaError,
  type QuotaStore,
  type ReadOptions,
  type Snapshot,
  type SnapshotQuery,
  type StoreListener,
  type SubjectKinds,
  type SubjectRef,
  usualKinds,
  withoutBusy,
} from '@quotakeeper/quota-core'
import type { Database, SessionOptions } from '../database/database.js'
import { alertPage } from '../reads/alert-page.js'
import { historyPage } from '../reads/history-page.js'
import { ledgerPage } from '../reads/ledger-page.js'
import { modelCountersPage } from '../reads/model-counters-page.js'
import { ownersPage } from '../reads/owners-page.js'
import { providersPage } from '../reads/providers-page.js'
import { recentHours, recentHoursUnder } from '../reads/recent-hours.js'
import { summaryPage } from '../reads/summary-page.js'
import { runBatch } from './batch/run-batch.js'
import { guessSubjects, modelGuide } from './cache/guess.js'
import { type ModelBounds, StateCache } from './cache/state-cache.js'
import {
  concernsAll,
  DatabaseFailure,
  isOfLocks,
  mayPass,
  toStoreError,
  unavailable,
  withCheckedSession,
} from './failures.js'
import { type CommandBatch, CommandLanes, type Short } from './lanes/command-lanes.js'
import { quickLocks, slowLocks } from './lanes/lock-patience.js'
import { CachedRead } from './load/cached-read.js'
import { SharedReads } from './load/shared-reads.js'
import { readSettings, readSnapshot, readSubjectsState } from './load/snapshot.js'
import { dueAttempts, readDueAttempt } from './statements/attempts.js'
import { findLocked, readRef } from './statements/subjects.js'
import { tryWrite } from './try-write.js'
import { WriteHealth } from './write-health.js'

export interface PostgresQuotaStoreOptions {
  readonly database: Database
  readonly listener?: StoreListener
  /** How much is cached of single models; some megabytes unless given. */
  readonly modelBounds?: ModelBounds
  /** The kinds of subjects; those of this release unless given. */
  readonly kinds?: SubjectKinds
}

/** Unless there are fewer connections, one of which is left to reads. */
const maxLanes = 4
const bounds = { maxInBatch: 1_000, maxQueued: 20_000, maxQueuedOfSubject: 10_000 } as const
/** How long a batch is repeated before its callers get STORE_UNAVAILABLE. */
const patienceMs = 5_000
/** The same while the last batch has failed: callers of a dead database learn it fast. */
const shortPatienceMs = 500
/** How old the hours of all providers may be: only forecasts use them, and 1,000 took 9 ms to read. */
const hoursLifetimeMs = 1_000
const firstPauseMs = 10
/** Between the first and the second look at a lock. */
const secondLookAfterMs = 20
const noAttempts = { attempt: () => undefined }
const longestPauseMs = 250

/**
 * A store in PostgreSQL, on a server or embedded: exact on any number of processes, durable when it
 * answers, and safe to repeat. See the package's README for how.
 */
export class PostgresQuotaStore implements QuotaStore {
  readonly #database: Database
  readonly #listener: StoreListener | undefined
  readonly #kinds: SubjectKinds
  readonly #cache: StateCache
  readonly #listedOfSome = new SharedReads<Snapshot>(names => this.#snapshot(names, 'listed'))
  readonly #listedOfAll = new SharedReads<Snapshot>(() => this.#snapshot(null, 'listed'))
  readonly #callsOfSome = new SharedReads<Snapshot>(keys => this.#callsOf(keys.map(calledModelOf)))
  readonly #callsOfAll = new SharedReads<Snapshot>(models =>
    this.#snapshot(null, { calls: models.map(model => ({ providerName: null, model })) }),
  )
  readonly #hoursOfSome = new SharedReads<readonly HourOfUsage[]>(names => recentHours(this.#database, names))
  readonly #hoursOfAll = new CachedRead<readonly HourOfUsage[]>(hoursLifetimeMs)
  readonly #lanes: CommandLanes
  readonly #steps = new ExpirySteps(this)
  readonly #writes = new WriteHealth(() => tryWrite(this.#database))
  #isHealthy = true

  constructor({ database, listener, modelBounds, kinds = usualKinds }: PostgresQuotaStoreOptions) {
    this.#kinds = kinds
    this.#cache = new StateCache(kinds, modelBounds)
    this.#database = database
    this.#listener = listener
    this.#lanes = new CommandLanes(
      {
        run: batch => this.#run(batch),
        subjectsOf: command => guessSubjects(this.#cache, command),
        findLocked: subjects => this.#findLocked(subjects),
        withoutLocked: (asked, isLocked) => withoutBusy(asked, modelGuide(this.#cache, noAttempts), isLocked),
        onLocked: error => this.#listener?.onUnavailable?.(error),
      },
      { maxLanes: Math.max(1, Math.min(maxLanes, database.maxSessions - 1)), ...bounds },
    )
  }

  async execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const [only] = commands
    if (commands.length === 1 && only !== undefined) {
      const first = await this.#lanes.execute(only, null)
      return [first.awaits === undefined ? first : await this.#onceMore(first, only)]
    }
    const list = this.#lanes.newList()
    return await Promise.all(
      commands.map(async command => this.#onceMore(await this.#lanes.execute(command, list), command)),
    )
  }

  /** Decides a command again that was denied while attempts were due; the first outcome where none was. */
  async #onceMore(first: Outcome, command: Command): Promise<Outcome> {
    if (first.awaits === undefined) return first
    return decideOnceMore(first, { steps: this.#steps, again: () => this.#lanes.execute(command, null) })
  }

  async read<Q extends Query>(query: Q, options?: ReadOptions): Promise<QueryResult<Q>> {
    try {
      const result = await this.#patiently(() => this.#answer(query, options))
      // TypeScript does not narrow a type parameter by a switch over its value.
      return result as QueryResult<Q>
    } catch (error) {
      if (error instanceof QuotaError && error.isRetryable) this.#listener?.onUnavailable?.(error)
      throw error
    }
  }

  /**
   * Why writes fail at present, while reads may succeed: a full disk, a database that is read-only, time-outs. Null where
   * none has failed lately, or a trial write succeeds again. Never rejects.
   */
  writeFault(): Promise<QuotaError | null> {
    return this.#writes.fault()
  }

  /** Resolves when all accepted commands are answered. The database stays open: its opener closes it. */
  async close(): Promise<void> {
    await this.#lanes.drained()
  }

  #answer(query: Query, options: ReadOptions | undefined): Promise<QueryResult<Query>> {
    switch (query.type) {
      case 'snapshot':
        return this.#sharedSnapshot(query)
      case 'subjects':
        return readSubjectsState(this.#database, query.subjects, this.#cache)
      case 'settings':
        return readSettings(this.#database, query.subjects, this.#kinds)
      case 'providers':
        return providersPage(this.#database, query, this.#cache)
      case 'owners':
        return ownersPage(this.#database, query, options)
      case 'modelCounters':
        return modelCountersPage(this.#database, query, options)
      case 'due':
        return this.#due(query)
      case 'recentHours':
        return query.providerNames === null
          ? this.#hoursOfAll.read(() => recentHours(this.#database, null))
          : this.#hoursOfSome.read(query.providerNames)
      case 'recentHoursUnder':
        return recentHoursUnder(this.#database, query.consumer, options)
      case 'history':
        return historyPage(this.#database, query, options)
      case 'summary':
        return summaryPage(this.#database, query, options)
      case 'ledger':
        return ledgerPage(this.#database, query, options)
      case 'alerts':
        return alertPage(this.#database, query, options)
    }
  }

  #sharedSnapshot({ providerNames, counters = 'listed' }: SnapshotQuery): Promise<Snapshot> {
    if (counters === 'all') return this.#snapshot(providerNames, counters)
    if (counters === 'listed')
      return providerNames === null ? this.#listedOfAll.read([]) : this.#listedOfSome.read(providerNames)
    const { calls, consumer = '' } = counters
    if (this.#kinds.ofConsumer(consumer).length > 0) return this.#snapshot(null, counters)
    if (providerNames === null) return this.#callsOfAll.read(calls.map(({ model }) => model))
    const named = calls.flatMap(({ providerName, model }) =>
      (providerName === null ? providerNames : [providerName]).map(name => keyOfCall(name, model)),
    )
    return this.#callsOfSome.read([...providerNames.map(name => keyOfCall(name, '')), ...named])
  }

  #callsOf(calls: readonly Candidate[]): Promise<Snapshot> {
    const names = [...new Set(calls.map(({ providerName }) => providerName))]
    return this.#snapshot(names, { calls: calls.filter(({ model }) => model !== '') })
  }

  #snapshot(providerNames: readonly string[] | null, counters: CounterScope): Promise<Snapshot> {
    return readSnapshot(this.#database, { providerNames, counters }, this.#cache)
  }

  async #due({ subjects, pageSize }: DueQuery): Promise<readonly DueAttempt[]> {
    const statement = dueAttempts(subjects, pageSize)
    const [rows = []] = await withCheckedSession(
      this.#database,
      session => session.run([statement]),
      quickLocks,
    )
    return rows.map(readDueAttempt)
  }

  async #run(batch: CommandBatch): Promise<readonly Outcome[] | Short> {
    const startedAtMs = performance.now()
    if (this.#cache.isFull) this.#cache.dropState()
    const patience = this.#patienceFor(batch)
    const context = { database: this.#database, cache: this.#cache, session: patience.locks }
    try {
      const result = await this.#patiently(() => runBatch(context, batch), patience)
      if ('needed' in result) return result
      const { changes, outcomes } = result
      if (changes.length > 0) this.#writes.succeeded()
      this.#listener?.onBatch?.({ outcomes, changes, elapsedMs: performance.now() - startedAtMs })
      for (const change of changes) if (change.table === 'alert') this.#listener?.onAlert(change.row)
      return outcomes
    } catch (error) {
      const isLone = batch.commands.length === 1
      // A single command that the database rejects is at fault itself; of several, it is not known which.
      if (isLone && error instanceof QuotaError && error.code === 'INVALID_INPUT')
        return [{ ok: false, error }]
      if (error instanceof QuotaError && error.isRetryable) this.#noteFailure(error, batch)
      throw error
    }
  }

  /** Locks on its own subjects mean nothing for the store, and a batch that will run in parts nothing yet. */
  #noteFailure(error: QuotaError, { commands, isSlow }: CommandBatch): void {
    if (isOfLocks(error, { isSlow })) return
    if (commands.length > 1 && !concernsAll(error)) return
    this.#writes.failed(error)
    this.#listener?.onUnavailable?.(error)
  }

  /**
   * The subjects whose rows other sessions have locked: in two looks, since every process holds locks for moments.
   */
  async #findLocked(subjects: readonly SubjectRef[]): Promise<readonly SubjectRef[]> {
    const find = async (among: readonly SubjectRef[]): Promise<readonly SubjectRef[]> => {
      if (among.length === 0) return among
      const statement = findLocked(among)
      const [rows = []] = await withCheckedSession(
        this.#database,
        session => session.run([statement]),
        quickLocks,
      )
      return rows.map(readRef)
    }
    try {
      const first = await find(subjects)
      if (first.length > 0) await pause(secondLookAfterMs)
      return await find(first)
    } catch {
      // The command that waits for the lock meets the same error, and reports it.
      return []
    }
  }

  /** Slow batches follow one another: the time that a command has waited for its turn counts. */
  #patienceFor({ isSlow, waitedMs }: CommandBatch): Patience & { readonly locks: SessionOptions } {
    if (!isSlow) return { isSlow, longestMs: this.#longestMs, waitsForLocks: false, locks: quickLocks }
    return { isSlow, longestMs: patienceMs - waitedMs, waitsForLocks: true, locks: slowLocks }
  }

  get #longestMs(): number {
    return this.#isHealthy ? patienceMs : shortPatienceMs
  }

  /** Repeats work while the database is away or other sessions interfere, until patience runs out. */
  async #patiently<T>(
    work: () => Promise<T>,
    { isSlow, longestMs, waitsForLocks }: Patience = {
      isSlow: false,
      longestMs: this.#longestMs,
      waitsForLocks: true,
    },
  ): Promise<T> {
    const deadlineMs = performance.now() + longestMs
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        const result = await work()
        this.#isHealthy = true
        return result
      } catch (error) {
        const isLocked = isOfLocks(error, { isSlow })
        if (!mayPass(error) || (isLocked && !waitsForLocks))
          throw error instanceof DatabaseFailure ? toStoreError(error) : error
        if (performance.now() + pauseMs > deadlineMs) {
          if (!isLocked) this.#isHealthy = false
          throw unavailable(error)
        }
      }
      await pause(pauseMs)
    }
  }
}

/** No name of a provider holds a line break. */
function keyOfCall(providerName: string, model: string): string {
  return `${providerName}\n${model}`
}

function calledModelOf(key: string): Candidate {
  const end = key.indexOf('\n')
  return { providerName: key.slice(0, end), model: key.slice(end + 1) }
}

/** How long work is repeated. */
interface Patience {
  readonly isSlow: boolean
  readonly longestMs: number
  /** Whether a lock that was not acquired in time is waited for again. */
  readonly waitsForLocks: boolean
}

function pause(pauseMs: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, pauseMs)
  })
}
