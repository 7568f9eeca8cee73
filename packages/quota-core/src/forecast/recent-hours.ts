import { type Counts, type Measure, measuredUnits } from '../domain/counts.js'

/** What calls of one provider to one model have used in a clock hour. */
export interface HourOfUsage {
  readonly providerName: string
  /** The hour's first instant, in the provider's zone. */
  readonly hourStartMs: number
  /** `''` for calls without a model. */
  readonly model: string
  /** Adjustments included: they may be negative. */
  readonly counts: Counts
}

const hourMs = 3_600_000

/**
 * The largest sum that is told, either way: what two of them make is still exact. A forecast needs no more,
 * and must not fail where the hours of many calls add up to more.
 */
export const largestHourlySum: number = 2 ** 51

/**
 * How far back hours must begin to tell the pace of the last 60 minutes: the hour that has begun, and the
 * one before.
 */
export const recentHoursMs: number = 2 * hourMs

/**
 * Units of an hour that were used in the last 60 minutes: all of the hour that has begun, and of the one before
 * the part that is not over for longer, as if its usage had come evenly. So their sum neither falls to nothing
 * at each full hour nor needs single calls. Negative where a reset has taken back more than was used.
 */
export function unitsInLastHour(
  { hourStartMs, counts }: HourOfUsage,
  measure: Measure,
  nowMs: number,
): number {
  return shareInLastHour(hourStartMs, nowMs) * measuredUnits(counts, measure)
}

/** Which part of an hour's usage lies within the last 60 minutes, 0…1. A call may date a little ahead: 1. */
function shareInLastHour(hourStartMs: number, nowMs: number): number {
  const sinceMs = nowMs - hourMs
  if (hourStartMs >= sinceMs) return 1
  return Math.max(0, hourStartMs + hourMs - sinceMs) / hourMs
}
