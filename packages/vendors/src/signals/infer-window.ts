import type { SignalWindow } from './signal-window.js'

/** The windows known to occur for rolling limits without a stated window. */
const candidates: readonly (readonly [SignalWindow, number])[] = [
  ['rolling-60s', 60_000],
  ['rolling-1d', 86_400_000],
]

/** Resets have whole milliseconds, rounded or truncated. */
const roundingMs = 1

/**
 * Infers the window of a continuously refilling limit. Its reset is the time until it is full, `spent · window /
 * limit`. Spent units are rounded up to an integer, so that the window is between `reset · limit / spent` and `reset ·
 * limit / (spent − 1)`. Null if nothing is spent or no known window fits.
 */
export function inferRollingWindow(reported: {
  readonly limit: number | null
  readonly remaining: number | null
  readonly resetMs: number | null
}): SignalWindow | null {
  const { limit, remaining, resetMs } = reported
  if (limit === null || remaining === null || resetMs === null) return null
  const spent = limit - remaining
  if (spent <= 0 || resetMs === 0) return null
  const leastMs = (Math.max(0, resetMs - roundingMs) * limit) / spent
  const maxMs = spent === 1 ? Number.POSITIVE_INFINITY : ((resetMs + roundingMs) * limit) / (spent - 1)
  return candidates.find(([, lengthMs]) => leastMs <= lengthMs && lengthMs <= maxMs)?.[0] ?? null
}

/**
 * The calendar window that ends at an instant: a day if that is midnight UTC and more than a minute away, a minute if
 * it is the end of one. Null if it is neither, or may be either.
 */
export function inferAlignedWindow(resetAtMs: number, resetMs: number): SignalWindow | null {
  const endsDay = resetAtMs % 86_400_000 === 0
  if (resetMs > 86_400_000) return null
  if (resetMs > 60_000) return endsDay ? 'day' : null
  return !endsDay && resetAtMs % 60_000 === 0 ? 'minute' : null
}
