import { usageFailure } from '../failure.js'
import type { Clock } from '../terminal/instants.js'

/** Options that choose days, both included. */
export interface DaysOptions {
  readonly from?: string
  readonly to?: string
  readonly days?: number
}

const dayMs = 86_400_000

/**
 * The days asked for: from and to as given, else the last so many, a week unless told. They end with tomorrow's
 * date, since somewhere it is tomorrow already, and days are those of the providers' zones.
 * @throws Failure when both ways are used at once
 */
export function daysOf(
  { from, to, days }: DaysOptions,
  { nowMs }: Pick<Clock, 'nowMs'>,
): { readonly from: string; readonly to: string } {
  if (days !== undefined && from !== undefined) throw usageFailure('--days cannot be combined with --from')
  const end = to ?? dayOf(nowMs + dayMs)
  if (from !== undefined) return { from, to: end }
  const last = to === undefined ? nowMs : Date.parse(`${to}T00:00:00Z`)
  // What is no day is for the API to refuse, which names the field.
  if (Number.isNaN(last)) return { from: end, to: end }
  return { from: dayOf(last - ((days ?? 7) - 1) * dayMs), to: end }
}

function dayOf(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 10)
}
