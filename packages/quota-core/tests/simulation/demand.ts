import type { Reason } from '@quotakeeper/quota-core'
import type { Figures } from './figures.js'
import type { PlacedQuota, Vendors } from './vendor.js'
import { CalendarQuota, type LeakyQuota } from './vendor-quota.js'

/** The first and last instant at which only this rolling quota denied calls. */
interface Busy {
  readonly firstMs: number
  lastMs: number
}

/**
 * Finds the windows in which demand exceeded a quota: those in which, at the last denial, this quota was the only
 * reason. All of it should then have been used.
 */
export class DemandWatch {
  readonly #vendors: Vendors
  /** By start of a calendar window: whether its quota was the reason of the last denial. */
  readonly #windows = new Map<CalendarQuota, Map<number, boolean>>()
  readonly #busy = new Map<LeakyQuota, Busy>()

  constructor(vendors: Vendors) {
    this.#vendors = vendors
  }

  /** Records why a provider was skipped. */
  denied(providerName: string, reasons: readonly Reason[], nowMs: number): void {
    const met = this.#vendors.quotasOf(providerName)
    for (const place of met) {
      const isAlone = reasons.every(reason => reason.code === 'exhausted' && isAbout(reason, place))
      const { quota } = place
      if (quota instanceof CalendarQuota) {
        const windows = this.#windows.get(quota) ?? new Map<number, boolean>()
        this.#windows.set(quota, windows.set(quota.span(nowMs).startMs, isAlone))
      } else if (isAlone && met.length === 1) {
        const busy = this.#busy.get(quota) ?? { firstMs: nowMs, lastMs: nowMs }
        busy.lastMs = nowMs
        this.#busy.set(quota, busy)
      }
    }
  }

  /** Sums the used shares, as counted by the vendors. */
  report(figures: Figures, { startMs, endMs }: { readonly startMs: number; readonly endMs: number }): void {
    for (const [quota, windows] of this.#windows) {
      for (const [windowStartMs, isExceeded] of windows) {
        if (!isExceeded || windowStartMs < startMs || quota.span(windowStartMs).endMs > endMs) continue
        add(figures, 'calendar', quota.usedIn(windowStartMs), quota.rule.max)
      }
    }
    for (const [quota, { firstMs, lastMs }] of this.#busy) {
      const spans = (lastMs - firstMs) / quota.windowMs
      if (spans < 1) continue
      const inside = quota.calls.filter(call => call.arrivedAtMs > firstMs && call.arrivedAtMs <= lastMs)
      const used = inside.reduce((sum, call) => sum + call.units, 0)
      add(figures, 'rolling', used, quota.rule.max * spans)
    }
  }
}

/** Whether a reason refers to this quota. */
export function isAbout({ subject, limitId }: Reason, { scope, name, quota }: PlacedQuota): boolean {
  const { metric, window } = quota.rule
  return subject.kind === scope && subject.name === name && limitId === `${metric}/${window}`
}

function add(figures: Figures, family: 'calendar' | 'rolling', used: number, capacity: number): void {
  const share = figures.share(family)
  share.used += used / capacity
  share.windowCount += 1
}
