import type { SignalMetric, SignalScope } from '../signals/limit-signal.js'
import type { SignalWindow } from '../signals/signal-window.js'
import type { RefusalKind } from './refusal-rule.js'

/** A vendor's refusal, told apart. */
export interface RefusalSignal {
  readonly kind: RefusalKind
  /**
   * How long to wait from the response, in whole milliseconds, by the vendor's own word, by its numbers or
   * by its calendar. Null when none of these tells, and for `too_large`, where waiting doesn't help.
   */
  readonly retryAfterMs: number | null
  /**
   * Until when such calls are refused, as epoch milliseconds: `receivedAtMs + retryAfterMs`, or a short
   * default for limits whose wait isn't told. Null when it ends by no known instant: `unknown_model`, `billing` and
   * `bad_credential` unless the vendor names their end, and days whose end isn't told; and for `too_large`.
   */
  readonly untilMs: number | null
  /** What the limit measures; null when not told. */
  readonly metric: SignalMetric | null
  /** Null when not told. */
  readonly window: SignalWindow | null
  readonly limit: number | null
  readonly used: number | null
  /** What this request asked for. */
  readonly requested: number | null
  readonly scope: SignalScope
  /** Glob of the models that are refused: `*` for all; null for the one that was called. */
  readonly models: string | null
  /** The model that the body names; null when it names none. */
  readonly model: string | null
  /** The organization that the body names; null when it names none. */
  readonly organization: string | null
  /**
   * What a person can do about it, as a clause that names the thing at fault: `the limit of this key is reached: raise
   * it at …`. Null where waiting helps, or nothing.
   */
  readonly remedy: string | null
}
