import type { BookedCall } from './call-book.js'
import type { RefusalCause } from './figures.js'
import type { PlacedQuota } from './placed-quota.js'
import { CalendarQuota, type LeakyQuota, type QuotaRule, unitsOf } from './vendor-quota.js'
import type { World } from './world.js'

/**
 * Why a quota had no room for a granted call when it arrived although limits and clocks agree: `edge`, a call was reserved in one
 * window and arrived in another; `late`, it arrived after its reservation expired and began to refill; `overrun`, it
 * used more than reserved. Anything else is a bug.
 */
export function refusalCause(world: World, { quota }: PlacedQuota, refused: BookedCall): RefusalCause {
  if (world.plan.kind === 'wild') return 'interference'
  const calls = quota.calls.map(({ id }) => world.book.call(id ?? ''))
  return quota instanceof CalendarQuota
    ? calendarCause(quota, calls, { refused, nowMs: world.timeline.nowMs })
    : rollingCause(quota, calls, { refused, nowMs: world.timeline.nowMs })
}

interface Refused {
  readonly refused: BookedCall
  readonly nowMs: number
}

function calendarCause(
  quota: CalendarQuota,
  calls: readonly BookedCall[],
  { refused, nowMs }: Refused,
): RefusalCause {
  const { startMs, endMs } = quota.span(nowMs)
  const inside = (instantMs: number | null): boolean =>
    instantMs !== null && instantMs >= startMs && instantMs < endMs
  const arrived = calls.filter(call => inside(call.arrivedAtMs))
  const own = [...arrived, refused].filter(call => inside(call.reservedAtMs))
  const granted = own.reduce((sum, call) => sum + ownUnits(call, quota.rule), 0)
  if (granted > quota.rule.max) return 'unexplained'
  if (own.length <= arrived.length) return 'edge'
  return own.some(call => hasOverrun(call, quota.rule)) ? 'overrun' : 'unexplained'
}

function rollingCause(
  quota: LeakyQuota,
  calls: readonly BookedCall[],
  { refused, nowMs }: Refused,
): RefusalCause {
  const isLate = (call: BookedCall): boolean => (call.arrivedAtMs ?? 0) >= call.expiresAtMs
  if (nowMs >= refused.expiresAtMs || calls.some(isLate)) return 'late'
  return calls.some(call => hasOverrun(call, quota.rule)) ? 'overrun' : 'unexplained'
}

/** The units of a granted call. */
function ownUnits({ settled, reserved }: BookedCall, rule: QuotaRule): number {
  return Math.min(unitsOf(reserved, rule), unitsOf(settled?.counts ?? reserved, rule))
}

function hasOverrun({ vendorCounts, reserved }: BookedCall, rule: QuotaRule): boolean {
  return vendorCounts !== null && unitsOf(vendorCounts, rule) > unitsOf(reserved, rule)
}
