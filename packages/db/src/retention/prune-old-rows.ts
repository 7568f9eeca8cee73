import { checkRetentionDays, providerRef, type RetentionDays } from '@quotakeeper/quota-core'
import type { Database, Row, Session } from '../database/database.js'
import { reviseSubject } from '../store/statements/subjects.js'
import { begin, commit } from '../store/statements/transaction.js'
import { deleteAttempts, lockProvider, oldAttempts, providersWithOldAttempts } from './old-attempts.js'
import { deleteOldHours } from './old-hours.js'
import { dropPastCoolDowns } from './past-cool-downs.js'
import { type CounterCursor, type CounterStep, dropPastCounters } from './past-counters.js'

/** Rows of one step, and so of one transaction: see docs/benchmarks-growth.md for how long it holds a lock. */
const rowsOfStep = 1_000
/** Providers looked up at once. */
const providersAtOnce = 100
/** Subjects whose cool-downs go in one turn. */
const subjectsAtOnce = 1_000

/** What a turn of retention has done. */
export interface Pruned {
  readonly ledgerRows: number
  readonly hourlyRows: number
  /** Of single models, whose windows have passed. */
  readonly counters: number
  readonly coolDowns: number
  /** Whether nothing old was left. Otherwise its steps were used up, and the next turn goes on. */
  readonly isFinished: boolean
}

export interface PruneOptions extends RetentionDays {
  /** Most steps of this turn, of at most 1,000 rows each. */
  readonly maxSteps: number
  /** Asked before each step; true ends the turn. */
  readonly isStopped?: () => boolean
}

/**
 * Removes rows that are older than they are kept: settled rows of the ledger, never pending ones, and sums by hour.
 * Counters of models and cool-downs are removed when they are past, whatever their age. Sums by day, alerts and the audit
 * log stay. Each step is a short transaction of its own, so that ending in between loses nothing; any number of processes
 * may do it at once.
 *
 * Rows of the ledger are removed under their provider's lock and with a new revision of it, like every change to them: else a
 * call that is settled at that very moment, months late, would find its row and charge it, and leave no trace of
 * the charge.
 *
 * @throws QuotaError INVALID_INPUT for days out of range, STORE_UNAVAILABLE; the server's error. Steps that
 *   were done before stay done.
 */
export async function pruneOldRows(database: Database, options: PruneOptions): Promise<Pruned> {
  checkRetentionDays(options)
  const turn = new Turn(options)
  const ledgerRows = await pruneLedger(database, options, turn)
  const hourlyRows = await repeat(turn, () => pruneHours(database, options))
  const counters = await pruneCounters(database, turn)
  const coolDowns = turn.next() ? await dropPastCoolDowns(database, subjectsAtOnce) : 0
  return { ledgerRows, hourlyRows, counters, coolDowns, isFinished: turn.hasNext() }
}

/** Counts the steps of a turn. */
class Turn {
  readonly #isStopped: () => boolean
  #stepsLeft: number

  constructor({ maxSteps, isStopped }: PruneOptions) {
    this.#stepsLeft = maxSteps
    this.#isStopped = isStopped ?? never
  }

  hasNext(): boolean {
    return this.#stepsLeft > 0 && !this.#isStopped()
  }

  /** Whether there may be another step, which then counts. */
  next(): boolean {
    if (!this.hasNext()) return false
    this.#stepsLeft -= 1
    return true
  }
}

function never(): boolean {
  return false
}

/** Repeats a step until one is less than full, or the turn is over; answers the rows of all. */
async function repeat(turn: Turn, step: () => Promise<number>): Promise<number> {
  let rows = 0
  while (turn.next()) {
    const more = await step()
    rows += more
    if (more < rowsOfStep) return rows
  }
  return rows
}

async function pruneLedger(database: Database, days: RetentionDays, turn: Turn): Promise<number> {
  let rows = 0
  while (turn.next()) {
    const names = await providersWithOld(database, days)
    for (const name of names) rows += await repeat(turn, () => pruneAttempts(database, name, days))
    if (names.length < providersAtOnce) return rows
  }
  return rows
}

async function providersWithOld(
  database: Database,
  { ledgerDays }: RetentionDays,
): Promise<readonly string[]> {
  const [rows = []] = await database.withSession(session =>
    session.run([providersWithOldAttempts(ledgerDays, providersAtOnce)]),
  )
  return rows.map(row => String(row['name']))
}

/** A step: finds the oldest rows, and removes them under the lock. */
function pruneAttempts(
  database: Database,
  providerName: string,
  { ledgerDays }: RetentionDays,
): Promise<number> {
  return database.withSession(async (session: Session) => {
    const [old = []] = await session.run([oldAttempts(providerName, ledgerDays, rowsOfStep)])
    if (old.length === 0) return 0
    const ids = old.map(row => row['id'])
    const results = await session.run([
      begin,
      lockProvider(providerName),
      deleteAttempts(ids, ledgerDays),
      reviseSubject(providerRef(providerName)),
      commit,
    ])
    return countOf(results[2])
  })
}

/** From the first counter of a model to the last, or as far as the turn goes. */
async function pruneCounters(database: Database, turn: Turn): Promise<number> {
  let dropped = 0
  let after: CounterCursor | null = ['', '', '', '']
  while (after !== null && turn.next()) {
    const step: CounterStep = await dropPastCounters(database, after, rowsOfStep)
    dropped += step.dropped
    after = step.next
  }
  return dropped
}

async function pruneHours(database: Database, { hourlyDays }: RetentionDays): Promise<number> {
  const [rows] = await database.withSession(session => session.run([deleteOldHours(hourlyDays, rowsOfStep)]))
  return countOf(rows)
}

function countOf(rows: readonly Row[] | undefined): number {
  return Number(rows?.[0]?.['count'] ?? 0)
}
