import type { Clock } from '../read/clock.js'
import { nextBoundaryMs } from '../read/next-boundary.js'
import type { LimitSignal } from '../signals/limit-signal.js'
import { periodOf, refillsContinuously, windowLengthMs } from '../signals/signal-window.js'
import type { Vendor } from '../vendor.js'
import type { RefusalSignal } from './refusal-signal.js'
import { rollingResetMs } from './rolling-wait.js'

/**
 * The limit reported in a refusal's body; Groq reports its tokens a day nowhere else. If only the limit is stated, a
 * limit of requests has nothing left; for tokens nothing is concluded, since a smaller request might fit. Undefined if
 * the numbers do not suffice.
 */
export function limitOfRefusal(
  refusal: RefusalSignal,
  vendor: Vendor,
  clock: Clock,
): LimitSignal | undefined {
  const { metric, window, limit, used, kind, retryAfterMs } = refusal
  if (metric === null || window === null || limit === null) return undefined
  const refused = metric === 'requests' && kind === periodOf(window)
  const spent = used ?? (refused ? limit : null)
  if (spent === null) return undefined
  const resetMs = refillsContinuously(window)
    ? rollingResetMs({ limit, spent: Math.min(spent, limit), windowMs: windowLengthMs(window) })
    : (retryAfterMs ?? calendarResetMs(window, vendor, clock))
  return {
    metric,
    window,
    limit,
    remaining: Math.max(0, limit - spent),
    resetMs,
    scope: refusal.scope,
    perModel: refusal.models === null,
    origin: 'body',
  }
}

function calendarResetMs(window: LimitSignal['window'], vendor: Vendor, clock: Clock): number | null {
  if (window !== 'minute' && window !== 'hour' && window !== 'day' && window !== 'month') return null
  return nextBoundaryMs(window, vendor.facts.timeZone, clock.receivedAtMs) - clock.receivedAtMs
}
