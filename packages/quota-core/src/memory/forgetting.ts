import { applyChanges } from '../decide/apply-changes.js'
import { subjectTime } from '../decide/clocks/subject-time.js'
import type { Attempt } from '../domain/attempt.js'
import { isPastCounter } from '../domain/counter.js'
import { isOldAttempt } from '../domain/retention-days.js'
import type { Change } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'
import type { QuotaTables } from '../domain/tables.js'

/** Ledger rows examined after each batch: more than a batch of one call adds. */
const rowsAtOnce = 4
const hourMs = 3_600_000

/**
 * Retention in memory: prunes ledger rows by age, a few after each batch so that no batch is slow, and counters of
 * models whose windows have ended, once an hour. The age of a counter is that by its subject's own time, not by the
 * clock: a clock ahead for a moment would drop a counter that is still in its window.
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

  /** Prunes a bounded number of rows. */
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

  /** The latest time recorded by the subject itself, which a clock that is ahead for a moment does not change. */
  #seenMs(ref: SubjectRef): number {
    return subjectTime(this.#tables, [{ ...ref, models: 'all' }], 0)
  }

  #dropPastCounters(ref: SubjectRef): void {
    const subject = this.#tables.subject(ref)
    if (subject === undefined) return
    const seenMs = this.#seenMs(ref)
    const dropped: Change[] = []
    for (const counter of this.#tables.counters(ref)) {
      const limit = subject.limits.find(({ id }) => id === counter.limitId)
      if (limit !== undefined && isPastCounter(counter, limit, subject, seenMs))
        dropped.push({ table: 'droppedCounter', row: counter })
    }
    applyChanges(this.#tables, dropped)
  }
}
