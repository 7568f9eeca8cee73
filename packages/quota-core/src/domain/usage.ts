import type { Counts } from './counts.js'

/** A change of the daily and hourly sums. Counts are signed. */
export interface UsageDelta {
  readonly providerName: string
  /** The provider's day, `YYYY-MM-DD`. */
  readonly date: string
  /** The clock hour in the provider's zone, as its first instant. */
  readonly hourStartMs: number
  readonly model: string
  readonly consumer: string
  readonly counts: Counts
}
