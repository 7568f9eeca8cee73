import type { SignalMetric, SignalScope } from '../signals/limit-signal.js'
import type { Period, Refill, SignalWindow } from '../signals/signal-window.js'
import { windowOf } from '../signals/signal-window.js'
import type { ResetForm } from './parse-reset.js'

/** The headers of one limit: their names in lower case, and what they speak of. */
export interface HeaderGroup {
  readonly metric: SignalMetric
  /** `rolling?` and `aligned?` are inferred from the numbers; null is unknown. */
  readonly window: SignalWindow | 'rolling?' | 'aligned?' | null
  readonly limit: string
  readonly remaining: string
  readonly reset: string
  readonly resetForm: ResetForm
  /** Unless the vendor's limits are usually so. */
  readonly scope?: SignalScope
  /** False where it holds for all models together; true unless given. */
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

/** The headers that name their period, as `x-ratelimit-limit-tokens-minute`, in every combination. */
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
