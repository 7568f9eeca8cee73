import type { Attempt } from './attempt.js'
import { QuotaError } from './quota-error.js'

/**
 * The least that the ledger keeps, in days. No current window began earlier: a month is 31 days and an hour
 * at most, and rolling windows last 31 days at most. So a row that goes is in none of them, whatever limits
 * there are, and a limit that is added starts from a sum that is whole.
 */
export const shortestLedgerDays = 32

/** The most that can be asked for, in days: a hundred years. */
export const longestDays = 36_500

/** How long rows are kept. */
export interface RetentionDays {
  /**
   * Days that a row of the ledger is kept after its call and after its settlement, whichever is later; 90
   * unless given. As long does its id live: a call that is repeated later counts again.
   */
  readonly ledgerDays: number
  /** Days that sums by hour are kept; 400 unless given. Sums by day are kept for good. */
  readonly hourlyDays: number
}

/** What is kept unless something else is asked for. */
export const defaultRetentionDays: RetentionDays = { ledgerDays: 90, hourlyDays: 400 }

const dayMs = 86_400_000

/** Whether a row of the ledger may go: a pending one never, one that was settled late as if it were new. */
export function isOldAttempt(attempt: Attempt, ledgerDays: number, nowMs: number): boolean {
  const { state, occurredAtMs, settledAtMs } = attempt
  if (state === 'pending') return false
  return Math.max(occurredAtMs, settledAtMs ?? occurredAtMs) < nowMs - ledgerDays * dayMs
}

/** @throws QuotaError INVALID_INPUT with the field at fault. */
export function checkRetentionDays({ ledgerDays, hourlyDays }: RetentionDays): void {
  if (!isWithin(ledgerDays, shortestLedgerDays, longestDays)) {
    const message = `ledgerDays must be a whole number from ${shortestLedgerDays} to ${longestDays}: a month must fit in`
    throw new QuotaError('INVALID_INPUT', message, { field: 'ledgerDays' })
  }
  if (!isWithin(hourlyDays, ledgerDays, longestDays)) {
    const message = `hourlyDays must be a whole number from ledgerDays (${ledgerDays}) to ${longestDays}: sums outlive their rows`
    throw new QuotaError('INVALID_INPUT', message, { field: 'hourlyDays' })
  }
}

function isWithin(days: number, least: number, most: number): boolean {
  return Number.isInteger(days) && days >= least && days <= most
}
