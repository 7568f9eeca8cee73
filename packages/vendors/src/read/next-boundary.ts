import { localInstantMs, offsetMs } from './zone-offset.js'

/** Calendar periods. */
export type CalendarPeriod = 'minute' | 'hour' | 'day' | 'week' | 'month'

/**
 * The instant at which the current minute, hour, day, week (from Monday) or month ends in a time zone, days of 23 and
 * 25 hours included. Epoch milliseconds.
 * @throws RangeError for a zone that is unknown.
 */
export function nextBoundaryMs(period: CalendarPeriod, timeZone: string, nowMs: number): number {
  if (period === 'minute') return (Math.floor(nowMs / 60_000) + 1) * 60_000
  if (period === 'hour') return (Math.floor(nowMs / 3_600_000) + 1) * 3_600_000
  const local = new Date(nowMs + offsetMs(timeZone, nowMs))
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()]
  switch (period) {
    case 'day':
      return localInstantMs(Date.UTC(year, month, day + 1), timeZone)
    case 'week':
      return localInstantMs(Date.UTC(year, month, day + 7 - ((local.getUTCDay() + 6) % 7)), timeZone)
    case 'month':
      return localInstantMs(Date.UTC(year, month + 1, 1), timeZone)
  }
}
