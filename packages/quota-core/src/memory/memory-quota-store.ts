import { subjectTime } from '../decide/clocks/subject-time.js'
import { decideBatch } from '../decide/decide-batch.js'
import { concernedModels, modelsOfCalls } from '../decide/needs/concerned-models.js'
import { isDue } from '../decide/settlement/expire.js'
import type { Attempt } from '../domain/attempt.js'
import { type SubjectKinds, usualKinds } from '../domain/call-subjects.js'
import type { Command, DueAttempt } from '../domain/command.js'
import type { Outcome } from '../domain/outcome.js'
import { relatedProviders } from '../domain/related-providers.js'
import { checkRetentionDays, defaultRetentionDays, longestDays } from '../domain/retention-days.js'
import type { Change } from '../domain/state.js'
import { compareText, type SubjectRef } from '../domain/subject.js'
import { QuotaTables } from '../domain/tables.js'
import { decideOnceMore, ExpirySteps } from '../expiry/decide-once-more.js'
import { type HourOfUsage, recentHoursMs } from '../forecast/recent-hours.js'
import { liveNames } from '../service/live-names.js'
import type {
  ProvidersPage,
  ProvidersQuery,
  Query,
  QueryResult,
  QuotaStore,
  Snapshot,
  SnapshotQuery,
  StoreListener,
} from '../store.js'
import { Forgetting } from './forgetting.js'
import { hoursUnder } from './hours-under.js'
import { ledgerSums } from './ledger-sums.js'
import { ownersPage } from './owners-page.js'
import { alertPage, historyPage, ledgerPage, modelCountersPage, summaryPage } from './pages.js'
import { RecentUsage } from './recent-usage.js'

/** Options of {@link MemoryQuotaStore}. */
export interface MemoryQuotaStoreOptions {
  /** The clock, in epoch milliseconds: `Date.now` in an application, a variable in a test. */
  readonly now: () => number
  readonly listener?: StoreListener
  /**
   * Days that a call is kept after it was made and settled, 32 to 36,500; 90 unless given. History reaches back as far,
   * and the call's id is known as long: a call repeated later counts again. Alerts are never pruned.
   */
  readonly ledgerDays?: number
  /** The kinds of subjects; those of this release unless given. */
  readonly kinds?: SubjectKinds
}

/**
 * A store in the memory of one process, ledger included; nothing survives the process. For tests, simulations and
 * single-process programs that need no history. A call takes 0.7 kB until it is pruned.
 * @throws QuotaError INVALID_INPUT for `ledgerDays` out of range
 */
export class MemoryQuotaStore implements QuotaStore {
  readonly #tables: QuotaTables
  readonly #steps = new ExpirySteps(this)
  readonly #recentUsage = new RecentUsage()
  readonly #now: () => number
  readonly #listener: StoreListener | undefined
  readonly #forgetting: Forgetting

  constructor(options: MemoryQuotaStoreOptions) {
    this.#now = options.now
    this.#listener = options.listener
    const { ledgerDays = defaultRetentionDays.ledgerDays } = options
    checkRetentionDays({ ledgerDays, hourlyDays: longestDays })
    const { kinds = usualKinds } = options
    this.#tables = new QuotaTables(query => ledgerSums(this.#tables.attempts.values(), query), { kinds })
    this.#forgetting = new Forgetting(this.#tables, ledgerDays)
  }

  async execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const outcomes = this.#decide(commands)
    if (outcomes.every(outcome => outcome.awaits === undefined)) return outcomes
    return Promise.all(
      outcomes.map((first, index) =>
        decideOnceMore(first, {
          steps: this.#steps,
          again: async () => this.#decide(commands.slice(index, index + 1))[0] ?? first,
        }),
      ),
    )
  }

  #decide(commands: readonly Command[]): readonly Outcome[] {
    const nowMs = this.#now()
    const { changes, outcomes } = decideBatch(this.#tables, commands, nowMs)
    this.#note(changes)
    this.#forgetting.step(nowMs)
    this.#listener?.onBatch?.({ outcomes, changes, elapsedMs: 0 })
    return outcomes
  }

  async read<Q extends Query>(query: Q): Promise<QueryResult<Q>> {
    // TypeScript does not narrow a type parameter by a switch over its value.
    return this.#answer(query) as QueryResult<Q>
  }

  async close(): Promise<void> {}

  #answer(query: Query): QueryResult<Query> {
    switch (query.type) {
      case 'snapshot':
        return this.#snapshot(query)
      case 'subjects':
        return this.#subjects(query.subjects)
      case 'settings':
        return this.#tables
      case 'providers':
        return this.#providers(query)
      case 'owners':
        return ownersPage(this.#tables, query)
      case 'due':
        return this.#due(query)
      case 'recentHours':
        return this.#recentHours(query.providerNames)
      case 'recentHoursUnder':
        return hoursUnder(this.#tables, query.consumer, this.#now())
      case 'history':
        return historyPage(this.#tables, query)
      case 'summary':
        return summaryPage(this.#tables, query)
      case 'ledger':
        return ledgerPage(this.#tables, query)
      case 'alerts':
        return alertPage(this.#tables, query)
      case 'modelCounters':
        return modelCountersPage(this.#tables, query)
    }
  }

  #snapshot({ providerNames, counters }: SnapshotQuery): Snapshot {
    const names = providerNames ?? [...this.#tables.providers()].map(provider => provider.name)
    const models = modelsOfCalls(
      this.#tables,
      names.map(providerName => ({ providerName, model: '' })),
      typeof counters === 'object' ? counters : {},
    )
    const clockMs = this.#now()
    return { state: this.#tables, nowMs: subjectTime(this.#tables, models, clockMs), clockMs }
  }

  #subjects(subjects: readonly SubjectRef[]): Snapshot {
    const chains = subjects.flatMap(ref => this.#tables.kinds.chain(this.#tables, ref))
    const models = chains.map(({ kind, name }) => ({ kind, name, models: [] }))
    const clockMs = this.#now()
    return { state: this.#tables, nowMs: subjectTime(this.#tables, models, clockMs), clockMs }
  }

  #providers({ afterName, pageSize }: ProvidersQuery): ProvidersPage {
    const names = liveNames(this.#tables)
    const rest = afterName === null ? names : names.filter(name => compareText(name, afterName) > 0)
    return { state: this.#tables, names: rest.slice(0, pageSize), isLast: rest.length <= pageSize }
  }

  #due({ subjects, pageSize }: Extract<Query, { type: 'due' }>): readonly DueAttempt[] {
    const refs = subjects ?? [...this.#tables.owners()]
    const due = new Map<string, Attempt>()
    for (const ref of refs) {
      for (const attempt of this.#tables.pendingAttempts(ref)) {
        // Determined by the time of its own subjects: others may be ahead of a clock that has jumped back.
        if (due.has(attempt.id)) continue
        const { id, subjects, model, endUser } = attempt
        const concerned = concernedModels(this.#tables, [
          { type: 'expire', attempts: [{ id, subjects, model, endUser }] },
        ])
        const nowMs = subjectTime(this.#tables, concerned, this.#now())
        if (isDue(attempt, nowMs)) due.set(attempt.id, attempt)
      }
    }
    return [...due.values()].sort(byExpiry).slice(0, pageSize)
  }

  #recentHours(providerNames: readonly string[] | null): readonly HourOfUsage[] {
    const names = providerNames?.flatMap(name => [name, ...relatedProviders(this.#tables, name)])
    return this.#recentUsage.since(
      this.#now() - recentHoursMs,
      names === undefined ? null : [...new Set(names)],
    )
  }

  #note(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.table === 'alert') this.#listener?.onAlert(change.row)
      else if (change.table === 'usage') this.#recentUsage.add(change.row)
    }
  }
}

/** The order in which due attempts expire: by instant, then by id. */
function byExpiry(left: Attempt, right: Attempt): number {
  return (left.expiresAtMs ?? 0) - (right.expiresAtMs ?? 0) || compareText(left.id, right.id)
}
