import assert from 'node:assert/strict'
import { type Granted, noCounts } from '@quotakeeper/quota-core'
import type { BookedCall } from './call-book.js'
import type { PlacedQuota } from './placed-quota.js'
import { CalendarQuota, limitIdOf, unitsOf } from './vendor-quota.js'
import type { World } from './world.js'

/**
 * Asserts after a grant that the calendar limits of its consumer and all ancestors allow what the book has of the calls
 * reserved in their windows, and that the store counts just that.
 */
export function expectWithinLimits(world: World, granted: Granted): void {
  const call = world.book.call(granted.reservationId)
  for (const place of world.consumers.quotasOf(call.caller)) {
    const { name, quota } = place
    if (!(quota instanceof CalendarQuota)) continue
    const id = limitIdOf(quota.rule)
    const shown = granted.limits.find(({ subject, ...limit }) => subject.name === name && limit.id === id)
    // In a wild history, an admin may have removed the limit, or changed its max.
    if (shown === undefined && world.plan.kind === 'wild') continue
    assert.ok(shown, `${name} ${id}: a limit of the call`)
    const max = world.plan.kind === 'wild' ? (shown.max ?? 0) : quota.rule.max
    const units = bookedUnits(world, place, call)
    assert.ok(units <= max, `${name} ${id}: ${units} of ${max} granted`)
    if (world.plan.kind !== 'wild') assert.equal(shown.used + shown.held, units, `${name} ${id}: counted`)
  }
}

/** Units of the calls that the limit counts and that were reserved in the same window, held ones included. */
function bookedUnits(world: World, place: PlacedQuota, granted: BookedCall): number {
  const { quota } = place
  if (!(quota instanceof CalendarQuota)) return 0
  const { startMs, endMs } = quota.span(granted.reservedAtMs)
  let units = 0
  for (const call of world.book.calls.values()) {
    if (call.reservedAtMs < startMs || call.reservedAtMs >= endMs) continue
    if (!world.consumers.quotasOf(call.caller).includes(place)) continue
    units += unitsOf(countsOf(world, call), quota.rule)
  }
  return units
}

/** What a call counts for now: as settled, else as reserved. */
function countsOf({ plan, timeline }: World, { providerName, settled, expiresAtMs, reserved }: BookedCall) {
  if (settled !== null) return settled.counts
  const provider = plan.providers.find(({ name }) => name === providerName)
  // A clock that was ahead may have expired calls that are not due by the current clock.
  const mayBeReleased = provider?.onExpiry === 'release' && expiresAtMs <= timeline.latestStoreMs
  return mayBeReleased ? noCounts : reserved
}
