import type { Attempt } from '../domain/attempt.js'
import { isPastCounter } from '../domain/counter.js'
import { isOldAttempt } from '../domain/retention-days.js'
import type { SubjectRef } from '../domain/subject.js'
import type { QuotaTables } from '../domain/tables.js'

/** Rows of the ledger that are looked at after each batch: more than a batch of one call adds. */
const rowsAtOnce = 4
const hourMs = 3_600_000

/**
 * Lets go of what a database would prune: rows of the ledger by their age, a few after each batch so that no batch
 * is slower than others, and counters of models whose windows have passed, once an hour.
 */
export class Forgetting {
  readonly #tables: QuotaTables
  readonly #ledgerDays: number
  #rows: Iterator<Attempt>
  #countersAtMs = Number.NEGATIVE_INFINITY

  constructor(tables: QuotaTables, ledgerDays: number) {
    this.#tables = tables
    this.#ledgerDays = ledgerDays
    this.#rows = tables.attempts.values()
  }

  /** Takes the next step. */
  step(nowMs: number): void {
    for (let looked = 0; looked < rowsAtOnce; looked++) {
      const next = this.#rows.next()
      if (next.done === true) {
        this.#rows = this.#tables.attempts.values()
        break
      }
      if (isOldAttempt(next.value, this.#ledgerDays, nowMs)) this.#tables.dropAttempt(next.value)
    }
    if (nowMs - this.#countersAtMs < hourMs) return
    this.#countersAtMs = nowMs
    for (const { name } of this.#tables.providers()) this.#dropPastCounters({ kind: 'provider', name }, nowMs)
    for (const { name } of this.#tables.pools()) this.#dropPastCounters({ kind: 'pool', name }, nowMs)
  }

  #dropPastCounters(ref: SubjectRef, nowMs: number): void {
    const subject = this.#tables.subject(ref)
    if (subject === undefined) return
    for (const counter of [...this.#tables.counters(ref)]) {
      const limit = subject.limits.find(({ id }) => id === counter.limitId)
      if (limit !== undefined && isPastCounter(counter, limit, subject, nowMs))
        this.#tables.apply([{ table: 'droppedCounter', row: counter }])
    }
  }
}
