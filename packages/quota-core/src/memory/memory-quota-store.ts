import { decideBatch, expireDue, subjectTime } from '../decide/decide-batch.js'
import type { Command } from '../domain/command.js'
import type { Outcome } from '../domain/outcome.js'
import { subjectsOfCall } from '../domain/provider.js'
import type { Change } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'
import { QuotaTables } from '../domain/tables.js'
import { type HourOfUsage, recentHoursMs } from '../forecast/recent-hours.js'
import type { Query, QueryResult, QuotaStore, Snapshot, StoreListener } from '../store.js'
import { ledgerSums } from './ledger-sums.js'
import { alertPage, historyPage, ledgerPage, summaryPage } from './pages.js'
import { RecentUsage } from './recent-usage.js'

/** What a store in memory needs. */
export interface MemoryQuotaStoreOptions {
  /** The clock, in epoch milliseconds: `Date.now` in an application, a variable in a test. */
  readonly now: () => number
  readonly listener?: StoreListener
}

/**
 * A store that keeps everything in the memory of one process, ledger included: exact, and gone with
 * the process. For tests, simulations and single-process programs that need no history.
 */
export class MemoryQuotaStore implements QuotaStore {
  readonly #tables: QuotaTables
  readonly #recentUsage = new RecentUsage()
  readonly #now: () => number
  readonly #listener: StoreListener | undefined

  constructor(options: MemoryQuotaStoreOptions) {
    this.#now = options.now
    this.#listener = options.listener
    this.#tables = new QuotaTables(query => ledgerSums(this.#tables.attempts.values(), query))
  }

  async execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const { changes, outcomes } = decideBatch(this.#tables, commands, this.#now())
    this.#note(changes)
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
        return this.#snapshot(query.providerNames)
      case 'recentHours':
        return this.#recentHours(query.providerNames)
      case 'history':
        return historyPage(this.#tables, query)
      case 'summary':
        return summaryPage(this.#tables, query)
      case 'ledger':
        return ledgerPage(this.#tables, query)
      case 'alerts':
        return alertPage(this.#tables, query)
    }
  }

  /** Expires what is due for good: here, unlike in a database, a read may write. */
  #snapshot(providerNames: readonly string[] | null): Snapshot {
    const names = providerNames ?? [...this.#tables.providers()].map(provider => provider.name)
    const subjects: SubjectRef[] = names.flatMap(providerName =>
      subjectsOfCall({ providerName, poolName: this.#tables.provider(providerName)?.pool ?? null }),
    )
    const nowMs = subjectTime(this.#tables, subjects, this.#now())
    this.#note(expireDue(this.#tables, subjects, nowMs))
    return { state: this.#tables, nowMs }
  }

  #recentHours(providerNames: readonly string[] | null): readonly HourOfUsage[] {
    const names = providerNames?.flatMap(name => {
      const pool = this.#tables.provider(name)?.pool ?? null
      return pool === null ? [name] : [name, ...this.#tables.poolMembers(pool)]
    })
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
