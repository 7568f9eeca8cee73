import assert from 'node:assert/strict'
import type { Reason } from '@quotakeeper/quota-core'
import { isAbout } from './demand.js'
import { CalendarQuota } from './vendor-quota.js'
import type { World } from './world.js'

/** Asserts that, if clocks agree, a spent calendar limit returns when the vendor's window turns. */
export function expectReturn(world: World, providerName: string, reasons: readonly Reason[]): void {
  if (world.plan.kind === 'wild') return
  for (const reason of reasons) {
    if (reason.code !== 'exhausted') continue
    const place = world.vendors.quotasOf(providerName).find(candidate => isAbout(reason, candidate))
    assert.ok(place, `${providerName}: refused by a limit that its vendor does not have`)
    const { quota } = place
    if (!(quota instanceof CalendarQuota)) continue
    const { storeMs } = world.timeline
    // Skipped in a grant, which waits for no expiry: due attempts may still hold units.
    if (world.hasDue(reason.subject) && Date.parse(reason.retryAt ?? '') <= storeMs + 1_000) continue
    const turnsAtMs = quota.span(world.timeline.nowMs).endMs
    assert.equal(reason.retryAt, new Date(turnsAtMs).toISOString(), `${providerName}: ${reason.limitId}`)
  }
}
