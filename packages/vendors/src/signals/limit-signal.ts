import type { QuotaHolder } from '../vendor-facts.js'
import type { SignalWindow } from './signal-window.js'

/** What a vendor's limit measures. */
export type SignalMetric = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens' | 'audioSeconds' | 'cost'

/** Whose limit it is: the key's own, or one that the keys of an account, organization or project share. */
export type SignalScope = 'provider' | 'pool'

/** What a response says of one limit. */
export interface LimitSignal {
  readonly metric: SignalMetric
  /** Null when the vendor doesn't tell the window and it cannot be inferred with certainty. */
  readonly window: SignalWindow | null
  /** Units per window; null when not told. */
  readonly limit: number | null
  /** Units left, calls in flight deducted as far as the vendor knows of them; null when not told. */
  readonly remaining: number | null
  /**
   * Whole milliseconds from the response until the limit is as it was: the window's end for a calendar
   * window, the time until it is completely full for a rolling one. Null when not told.
   */
  readonly resetMs: number | null
  readonly scope: SignalScope
  /** Whether it concerns only the model that was called. */
  readonly perModel: boolean
  readonly origin: 'headers' | 'body'
}

/** The scope of limits that this holder has. */
export function scopeOf(holder: QuotaHolder): SignalScope {
  return holder === 'key' ? 'provider' : 'pool'
}
