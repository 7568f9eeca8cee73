import assert from 'node:assert/strict'
import type { Reason } from '@quotakeeper/quota-core'
import { isAbout, type PlacedQuota } from './placed-quota.js'
import { CalendarQuota } from './vendor-quota.js'
import type { World } from './world.js'

/** Asserts that, if clocks agree, a spent calendar limit returns when the window of one of these quotas turns. */
export function expectReturn(world: World, met: readonly PlacedQuota[], reasons: readonly Reason[]): void {
  if (world.plan.kind === 'wild') return
  for (const reason of reasons) {
    if (reason.code !== 'exhausted') continue
    const { subject, limitId } = reason
    const where = `${subject.kind} ${subject.name}: ${limitId}`
    const place = met.find(candidate => isAbout(reason, candidate))
    assert.ok(place, `${where}: refused by a limit that the call does not meet`)
    const { quota } = place
    if (!(quota instanceof CalendarQuota)) continue
    const { storeMs } = world.timeline
    // Skipped in a grant, which waits for no expiry: due attempts may still hold units.
    if (world.hasDue(subject) && Date.parse(reason.retryAt ?? '') <= storeMs + 1_000) continue
    const turnsAtMs = quota.span(world.timeline.nowMs).endMs
    assert.equal(reason.retryAt, new Date(turnsAtMs).toISOString(), where)
  }
}
