import { subjectTime } from '../decide/clocks/subject-time.js'
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
 * is slower than others, and counters of models whose windows have passed, once an hour. What is old by the clock
 * alone stays: a clock that was ahead for a moment would have a counter dropped that is still in its window.
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
      if (this.#isOld(next.value, nowMs)) this.#tables.dropAttempt(next.value)
    }
    if (nowMs - this.#countersAtMs < hourMs) return
    this.#countersAtMs = nowMs
    for (const owner of this.#tables.owners()) this.#dropPastCounters(owner)
  }

  #isOld(attempt: Attempt, nowMs: number): boolean {
    if (!isOldAttempt(attempt, this.#ledgerDays, nowMs)) return false
    const seenMs = Math.min(nowMs, ...attempt.subjects.map(ref => this.#seenMs(ref)))
    return isOldAttempt(attempt, this.#ledgerDays, seenMs)
  }

  /** The latest instant that the subject itself has come to: a clock that is ahead for a moment may go back. */
  #seenMs(ref: SubjectRef): number {
    return subjectTime(this.#tables, [{ ...ref, models: 'all' }], 0)
  }

  #dropPastCounters(ref: SubjectRef): void {
    const subject = this.#tables.subject(ref)
    if (subject === undefined) return
    const seenMs = this.#seenMs(ref)
    for (const counter of [...this.#tables.counters(ref)]) {
      const limit = subject.limits.find(({ id }) => id === counter.limitId)
      if (limit !== undefined && isPastCounter(counter, limit, subject, seenMs))
        this.#tables.apply([{ table: 'droppedCounter', row: counter }])
    }
  }
}
