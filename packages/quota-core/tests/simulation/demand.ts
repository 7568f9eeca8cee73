import type { Reason } from '@quotakeeper/quota-core'
import type { Family, Figures } from './figures.js'
import { familyOf, isAbout, type PlacedQuota } from './placed-quota.js'
import { CalendarQuota } from './vendor-quota.js'

/** The first and last instant at which only this rolling quota denied calls. */
interface Busy {
  readonly firstMs: number
  lastMs: number
}

/**
 * Finds the windows in which demand exceeded a quota: it was the only reason of a denial, and had no room at any later
 * one. All of it should then have been used.
 */
export class DemandWatch {
  /** By start of a calendar window: whether demand exceeded its quota, and it has stayed full. */
  readonly #windows = new Map<PlacedQuota, Map<number, boolean>>()
  readonly #busy = new Map<PlacedQuota, Busy>()

  /** Records why a provider was skipped, or why each was, of those quotas that it concerns. */
  denied(met: readonly PlacedQuota[], skipped: readonly (readonly Reason[])[], nowMs: number): void {
    for (const place of met) {
      const isFull = skipped.some(reasons => reasons.some(reason => isAbout(reason, place)))
      const isAlone = skipped.some(reasons =>
        reasons.every(reason => reason.code === 'exhausted' && isAbout(reason, place)),
      )
      // Without this quota, the call would have been denied as well.
      if (isFull && !isAlone) continue
      const { quota } = place
      if (quota instanceof CalendarQuota) {
        const windows = this.#windows.get(place) ?? new Map<number, boolean>()
        this.#windows.set(place, windows.set(quota.span(nowMs).startMs, isAlone))
        // Calls of one consumer come too rarely to spend what a rolling limit regains.
      } else if (isAlone && met.length === 1 && place.scope !== 'consumer') {
        const busy = this.#busy.get(place) ?? { firstMs: nowMs, lastMs: nowMs }
        busy.lastMs = nowMs
        this.#busy.set(place, busy)
      }
    }
  }

  /** Sums the used shares, as counted when calls arrived. */
  report(figures: Figures, { startMs, endMs }: { readonly startMs: number; readonly endMs: number }): void {
    for (const [place, windows] of this.#windows) {
      const { quota } = place
      if (!(quota instanceof CalendarQuota)) continue
      for (const [windowStartMs, isExceeded] of windows) {
        if (!isExceeded || windowStartMs < startMs || quota.span(windowStartMs).endMs > endMs) continue
        add(figures, familyOf(place), quota.usedIn(windowStartMs), quota.rule.max)
      }
    }
    for (const [place, { firstMs, lastMs }] of this.#busy) {
      const { quota } = place
      if (quota instanceof CalendarQuota) continue
      const spans = (lastMs - firstMs) / quota.windowMs
      if (spans < 1) continue
      const inside = quota.calls.filter(call => call.arrivedAtMs > firstMs && call.arrivedAtMs <= lastMs)
      const used = inside.reduce((sum, call) => sum + call.units, 0)
      add(figures, familyOf(place), used, quota.rule.max * spans)
    }
  }
}

function add(figures: Figures, family: Family, used: number, capacity: number): void {
  const share = figures.share(family)
  share.used += used / capacity
  share.windowCount += 1
}
