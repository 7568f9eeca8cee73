import type { Attempt } from './attempt.js'
import { QuotaError } from './quota-error.js'

/**
 * Shortest retention of the ledger, in days. No current window began earlier: a month has at most 31 days and an hour,
 * and rolling windows at most 31 days. So a pruned row is in no current window, whatever the limits, and an added limit
 * starts from a complete sum.
 */
export const shortestLedgerDays = 32

/** Longest retention, in days: a hundred years. */
export const longestDays = 36_500

/** How long rows are kept. */
export interface RetentionDays {
  /**
   * Days that a ledger row is kept after its call or its settlement, whichever is later; 90 unless given. Its id is
   * known as long: a command repeated later counts again.
   */
  readonly ledgerDays: number
  /** Days that sums by hour are kept; 400 unless given. Sums by day are kept for good. */
  readonly hourlyDays: number
}

/** The default retention. */
export const defaultRetentionDays: RetentionDays = { ledgerDays: 90, hourlyDays: 400 }

const dayMs = 86_400_000

/** Whether a ledger row may be pruned. Pending rows never are; the age of a row counts from its settlement. */
export function isOldAttempt(attempt: Attempt, ledgerDays: number, nowMs: number): boolean {
  const { state, occurredAtMs, settledAtMs } = attempt
  if (state === 'pending') return false
  return Math.max(occurredAtMs, settledAtMs ?? occurredAtMs) < nowMs - ledgerDays * dayMs
}

/** @throws QuotaError INVALID_INPUT with the field at fault. */
export function checkRetentionDays({ ledgerDays, hourlyDays }: RetentionDays): void {
  if (!isWithin(ledgerDays, shortestLedgerDays, longestDays)) {
    const message = `ledgerDays must be a whole number from ${shortestLedgerDays} to ${longestDays}, since the longest window is a month`
    throw new QuotaError('INVALID_INPUT', message, { field: 'ledgerDays' })
  }
  if (!isWithin(hourlyDays, ledgerDays, longestDays)) {
    const message = `hourlyDays must be a whole number from ledgerDays (${ledgerDays}) to ${longestDays}, since sums are kept at least as long as their rows`
    throw new QuotaError('INVALID_INPUT', message, { field: 'hourlyDays' })
  }
}

function isWithin(days: number, least: number, most: number): boolean {
  return Number.isInteger(days) && days >= least && days <= most
}
