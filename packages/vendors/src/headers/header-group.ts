import type { SignalMetric, SignalScope } from '../signals/limit-signal.js'
import type { Period, Refill, SignalWindow } from '../signals/signal-window.js'
import { windowOf } from '../signals/signal-window.js'
import type { ResetForm } from './parse-reset.js'

/** The headers of one limit: their names in lower case, and the limit that they describe. */
export interface HeaderGroup {
  readonly metric: SignalMetric
  /**
   * The documented window; the same as in the vendor's preset, if that has the limit. `rolling?` and `aligned?`: inferred
   * from the numbers; null: unknown.
   */
  readonly window: SignalWindow | 'rolling?' | 'aligned?' | null
  readonly limit: string
  readonly remaining: string
  readonly reset: string
  readonly resetForm: ResetForm
  /** The vendor's default unless given. */
  readonly scope?: SignalScope
  /** False if all models share the limit; true unless given. */
  readonly perModel?: boolean
}

/** `x-ratelimit-limit-THING`, `x-ratelimit-remaining-THING`, `x-ratelimit-reset-THING`. */
export function namesOf(thing: string): Pick<HeaderGroup, 'limit' | 'remaining' | 'reset'> {
  return {
    limit: `x-ratelimit-limit-${thing}`,
    remaining: `x-ratelimit-remaining-${thing}`,
    reset: `x-ratelimit-reset-${thing}`,
  }
}

const things: readonly (readonly [string, SignalMetric])[] = [
  ['requests', 'requests'],
  ['req', 'requests'],
  ['tokens', 'tokens'],
  ['input-tokens', 'inputTokens'],
  ['output-tokens', 'outputTokens'],
]
const periods: readonly Period[] = ['minute', 'hour', 'day', 'month']

/** Headers of requests with only the period in their name, such as Kong's `x-ratelimit-limit-minute`. */
export function barePeriodGroups(refill: Refill): readonly HeaderGroup[] {
  return periods.map(period => ({
    metric: 'requests',
    window: windowOf(period, refill),
    ...namesOf(period),
    resetForm: 'any',
    perModel: false,
  }))
}

/** Headers with the period in their name, such as `x-ratelimit-limit-tokens-minute`, in every combination. */
export function periodGroups(refill: Refill): readonly HeaderGroup[] {
  return things.flatMap(([thing, metric]) =>
    periods.map(period => ({
      metric,
      window: windowOf(period, refill),
      ...namesOf(`${thing}-${period}`),
      resetForm: 'any' as const,
    })),
  )
}
