import type { Attempt } from '../domain/attempt.js'
import { Books, type BooksOptions, type DayRow, type Discrepancy } from './books.js'

/** What a store says, from all sides. */
export interface StoreAccounts extends BooksOptions {
  /** All that there is of the providers and of their pools. */
  readonly ledger: readonly Attempt[]
  /** The daily sums as stored. */
  readonly days: readonly DayRow[]
}

/**
 * Where a store contradicts its ledger: calendar `used` must be the sum of the charges in the current
 * window, `held` the sum of what is pending, a day's row the sum of its date. Rolling levels and
 * `observed` stand outside that sum. Empty for a sound store.
 */
export function findDiscrepancies({ ledger, days, ...options }: StoreAccounts): readonly Discrepancy[] {
  const books = new Books(options)
  for (const attempt of ledger) books.addAttempt(attempt)
  for (const day of days) books.addDay(day)
  return books.discrepancies()
}
