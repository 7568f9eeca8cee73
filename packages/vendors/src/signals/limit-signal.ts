import type { QuotaHolder } from '../vendor-facts.js'
import type { SignalWindow } from './signal-window.js'

/** The metric of a vendor's limit. */
export type SignalMetric = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens' | 'audioSeconds' | 'cost'

/** The scope of a limit: the key, or all keys of an account, organization or project. */
export type SignalScope = 'provider' | 'pool'

/** One limit as reported in a response. */
export interface LimitSignal {
  readonly metric: SignalMetric
  /** Null if the window is neither stated nor certain to infer. */
  readonly window: SignalWindow | null
  /** Units per window; null if not stated. */
  readonly limit: number | null
  /** Units left, without calls in flight known to the vendor; null if not stated. */
  readonly remaining: number | null
  /**
   * Whole milliseconds from the response until the limit is full: the end of a calendar window, or the time until a
   * rolling one is full. Null if not stated.
   */
  readonly resetMs: number | null
  readonly scope: SignalScope
  /** Whether it applies only to the called model. */
  readonly perModel: boolean
  readonly origin: 'headers' | 'body'
}

/** The scope of a holder's limits. */
export function scopeOf(holder: QuotaHolder): SignalScope {
  return holder === 'key' ? 'provider' : 'pool'
}
