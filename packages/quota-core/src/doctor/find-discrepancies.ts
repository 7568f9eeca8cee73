import type { Attempt } from '../domain/attempt.js'
import { Books, type BooksOptions, type DayRow, type Discrepancy } from './books.js'

/** All figures of a store that must agree. */
export interface StoreAccounts extends BooksOptions {
  /** The complete ledger of the providers and their pools. */
  readonly ledger: readonly Attempt[]
  /** The stored daily sums. */
  readonly days: readonly DayRow[]
}

/**
 * Where a store contradicts its ledger: calendar `used` must be the sum of the charges in the current window, `held`
 * the sum of pending reservations, a day's row the sum of its date. Rolling levels and `observed` are not part of these
 * sums. Empty for a consistent store.
 */
export function findDiscrepancies({ ledger, days, ...options }: StoreAccounts): readonly Discrepancy[] {
  const books = new Books(options)
  for (const attempt of ledger) books.addAttempt(attempt)
  for (const day of days) books.addDay(day)
  return books.discrepancies()
}
