import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { subjectTime } from '../decide/clocks/subject-time.js'
import { decideBatch } from '../decide/decide-batch.js'
import type { Alert } from '../domain/alert.js'
import type { Command } from '../domain/command.js'
import type { Outcome } from '../domain/outcome.js'
import type { Change } from '../domain/state.js'
import { QuotaTables } from '../domain/tables.js'
import { ledgerSums } from '../memory/ledger-sums.js'
import { alertPage, historyPage, ledgerPage, summaryPage } from '../memory/pages.js'
import type { Query, QueryResult, QuotaStore } from '../store.js'
import { consumerCases } from './consumer-contract.js'
import { quotaStoreContract, type StoreHarness } from './index.js'
import { manyUsersCases } from './user-limit-contract.js'

/** A deliberate fault of a store. */
type Fault = 'no write lock' | 'a cache that is never checked' | 'a listener that is never called'

/** Shared by stores on the same data: every written change, and the end of the last write. */
class SharedLog {
  readonly changes: Change[] = []
  lastWrite: Promise<unknown> = Promise.resolve()
}

/** A simple store that reads all changes before each decision, as processes on one database do. */
class LogStore implements QuotaStore {
  readonly #log: SharedLog
  readonly #heardAlerts: Alert[]
  readonly #fault: Fault | null
  #cached: QuotaTables | null = null

  constructor(log: SharedLog, heardAlerts: Alert[], fault: Fault | null) {
    this.#log = log
    this.#heardAlerts = heardAlerts
    this.#fault = fault
  }

  execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    if (this.#fault === 'no write lock') return this.#run(commands)
    const run = this.#log.lastWrite.then(() => this.#run(commands))
    this.#log.lastWrite = run
    return run
  }

  async read<Q extends Query>(query: Q): Promise<QueryResult<Q>> {
    // TypeScript does not narrow a type parameter by a switch over its value.
    return this.#answer(query) as QueryResult<Q>
  }

  async close(): Promise<void> {}

  async #run(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const tables = this.#tables()
    await turn()
    const { changes, outcomes } = decideBatch(tables, commands, Date.now())
    this.#log.changes.push(...changes)
    if (this.#fault === 'a listener that is never called') return outcomes
    for (const change of changes) if (change.table === 'alert') this.#heardAlerts.push(change.row)
    return outcomes
  }

  #answer(query: Query): QueryResult<Query> {
    const tables = this.#tables()
    switch (query.type) {
      case 'snapshot':
        return { state: tables, nowMs: subjectTime(tables, [], Date.now()), clockMs: Date.now() }
      case 'history':
        return historyPage(tables, query)
      case 'summary':
        return summaryPage(tables, query)
      case 'ledger':
        return ledgerPage(tables, query)
      case 'alerts':
        return alertPage(tables, query)
      default:
        throw new Error(`no case in this file reads ${query.type}`)
    }
  }

  #tables(): QuotaTables {
    if (this.#cached !== null) return this.#cached
    const tables: QuotaTables = new QuotaTables(query => ledgerSums(tables.attempts.values(), query))
    tables.apply(this.#log.changes)
    if (this.#fault === 'a cache that is never checked') this.#cached = tables
    return tables
  }
}

/** Cases that read no more than the simple store can. */
const cases = quotaStoreContract
  .filter(contractCase => ![...consumerCases, ...manyUsersCases].includes(contractCase))
  .filter(({ name, needsBeside }) => needsBeside || name.startsWith('the listener receives'))

/** The names of the cases that fail for a store with the fault. */
async function failedWith(fault: Fault | null): Promise<readonly string[]> {
  const failed: string[] = []
  for (const { name, run } of cases) {
    const log = new SharedLog()
    const heardAlerts: Alert[] = []
    const open = (): QuotaStore => new LogStore(log, heardAlerts, fault)
    const harness: StoreHarness = { store: open(), scope: 'log', heardAlerts, openBeside: async () => open() }
    await run(harness).catch(() => failed.push(name))
  }
  return failed
}

describe('the contract', () => {
  test('passes for a simple store without a fault', async () => {
    expect(cases.length).toBeGreaterThan(5)
    expect(await failedWith(null)).toEqual([])
  })

  test.each([
    ['no write lock', 'two stores together grant exactly what one would'],
    ['a cache that is never checked', 'usage counted by another store is seen, for each model too'],
    ['a cache that is never checked', 'settings changed by another store apply at once'],
    ['a listener that is never called', 'the listener receives each alert once, as stored'],
  ] as const)('detects a store with %s: %s', async (fault, name) => {
    expect(await failedWith(fault)).toContain(name)
  })
})
