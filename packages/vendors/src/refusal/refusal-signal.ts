import type { SignalMetric, SignalScope } from '../signals/limit-signal.js'
import type { SignalWindow } from '../signals/signal-window.js'
import type { RefusalKind } from './refusal-rule.js'

/** A classified refusal by a vendor. */
export interface RefusalSignal {
  readonly kind: RefusalKind
  /**
   * How long to wait from the response, in whole milliseconds: as stated by the vendor, computed from its numbers, or
   * from its calendar. Null if none is known, and for `too_large`, where waiting does not help.
   */
  readonly retryAfterMs: number | null
  /**
   * Until when such calls are refused, epoch milliseconds: `receivedAtMs + retryAfterMs`, or a short default if the
   * wait is not stated. Null without a known end: for `unknown_model`, `billing` and `bad_credential` unless the vendor
   * states it, for days and longer windows whose end is not stated, and for `too_large`.
   */
  readonly untilMs: number | null
  /** The limit's metric; null if not stated. */
  readonly metric: SignalMetric | null
  /** Null if not stated. */
  readonly window: SignalWindow | null
  readonly limit: number | null
  readonly used: number | null
  /** Units requested by this call. */
  readonly requested: number | null
  readonly scope: SignalScope
  /** Glob of the refused models: `*` for all; null for the called one. */
  readonly models: string | null
  /** The model named in the body; null if none. */
  readonly model: string | null
  /** The organization named in the body; null if none. */
  readonly organization: string | null
  /**
   * What a person can do about it, as a clause that names the cause: `the limit of this key is reached: raise it at …`.
   * Null if waiting helps, or nothing does.
   */
  readonly remedy: string | null
}
