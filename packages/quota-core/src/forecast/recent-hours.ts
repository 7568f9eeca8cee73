import { type Counts, type Measure, measuredUnits } from '../domain/counts.js'

/** Usage of one provider and model in a clock hour. */
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
 * Bound of hourly sums, positive and negative, so that the sum of two is still exact. A forecast needs no more, and
 * must not fail when hours add up to more.
 */
export const largestHourlySum: number = 2 ** 51

/** How far back hours must begin to compute the pace of the last 60 minutes: the current hour and the one before. */
export const recentHoursMs: number = 2 * hourMs

/**
 * Units used in the last 60 minutes: all of the current hour, and a share of the hour before as if its usage were even.
 * So the sum does not drop to 0 at each full hour, and single calls need not be read. Negative if a reset took back
 * more than was used.
 */
export function unitsInLastHour(
  { hourStartMs, counts }: HourOfUsage,
  measure: Measure,
  nowMs: number,
): number {
  return shareInLastHour(hourStartMs, nowMs) * measuredUnits(counts, measure)
}

/** The share of an hour within the last 60 minutes, 0…1; 1 for calls dated slightly ahead. */
function shareInLastHour(hourStartMs: number, nowMs: number): number {
  const sinceMs = nowMs - hourMs
  if (hourStartMs >= sinceMs) return 1
  return Math.max(0, hourStartMs + hourMs - sinceMs) / hourMs
}
