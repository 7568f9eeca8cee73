import { usageFailure } from '../failure.js'
import type { Clock } from '../terminal/instants.js'

/** Options of a range of days, both included. */
export interface DaysOptions {
  readonly from?: string
  readonly to?: string
  readonly days?: number
}

const dayMs = 86_400_000

/**
 * The requested days: the given range, or the last N days, a week unless given. Ends with tomorrow's date, since days
 * are those of the providers' zones, where it may be tomorrow already.
 * @throws Failure if both ways are used
 */
export function daysOf(
  { from, to, days }: DaysOptions,
  { nowMs }: Pick<Clock, 'nowMs'>,
): { readonly from: string; readonly to: string } {
  if (days !== undefined && from !== undefined) throw usageFailure('--days cannot be combined with --from')
  const end = to ?? dayOf(nowMs + dayMs)
  if (from !== undefined) return { from, to: end }
  const last = to === undefined ? nowMs : Date.parse(`${to}T00:00:00Z`)
  // The API refuses invalid days and names the field.
  if (Number.isNaN(last)) return { from: end, to: end }
  return { from: dayOf(last - ((days ?? 7) - 1) * dayMs), to: end }
}

function dayOf(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 10)
}
