import type { Counts } from '@quotakeeper/quota-core'
import { vendorSpan } from './vendor-calendar.js'

/** A quota as documented by a vendor, or a limit of a consumer. */
export interface QuotaRule {
  readonly metric: 'requests' | 'tokens'
  readonly window: 'minute' | 'day' | 'month' | 'rolling-60s' | 'rolling-1d'
  readonly max: number
  /** Each end user counts apart; only in limits of consumers. */
  readonly per?: 'user'
}

/** The id of our limit of this rule. */
export function limitIdOf({ metric, window, per }: QuotaRule): string {
  return per === 'user' ? `${metric}/${window} of user` : `${metric}/${window}`
}

/** A call counted by the vendor. */
export interface CountedCall {
  /** Null for a call by another user of the key. */
  readonly id: string | null
  readonly units: number
  readonly arrivedAtMs: number
}

/** A quota enforced by a vendor. Has no reservations: it counts calls when they arrive. */
export interface VendorQuota {
  readonly rule: QuotaRule
  /** Every counted call, in order of arrival. */
  readonly calls: readonly CountedCall[]
  /** Remaining whole units. */
  remaining(nowMs: number): number
  /** Time until the units are available; 0 for now. */
  waitMs(units: number, nowMs: number): number
  count(call: CountedCall): void
}

export function unitsOf(counts: Counts, { metric }: QuotaRule): number {
  return metric === 'requests' ? counts.requestCount : counts.inputTokenCount + counts.outputTokenCount
}

/** Resets with each minute, day or month of its time zone. */
export class CalendarQuota implements VendorQuota {
  readonly rule: QuotaRule & { readonly window: 'minute' | 'day' | 'month' }
  readonly timeZone: string
  readonly calls: CountedCall[] = []
  readonly #usedByStart = new Map<number, number>()

  constructor(rule: CalendarQuota['rule'], timeZone: string) {
    this.rule = rule
    this.timeZone = timeZone
  }

  /** Units counted in the window that starts then. */
  usedIn(startMs: number): number {
    return this.#usedByStart.get(startMs) ?? 0
  }

  span(instantMs: number): { readonly startMs: number; readonly endMs: number } {
    return vendorSpan(this.rule.window, this.timeZone, instantMs)
  }

  remaining(nowMs: number): number {
    return Math.max(0, this.rule.max - this.usedIn(this.span(nowMs).startMs))
  }

  waitMs(units: number, nowMs: number): number {
    const { startMs, endMs } = this.span(nowMs)
    return this.usedIn(startMs) + units <= this.rule.max ? 0 : endMs - nowMs
  }

  count(call: CountedCall): void {
    const { startMs } = this.span(call.arrivedAtMs)
    this.#usedByStart.set(startMs, this.usedIn(startMs) + call.units)
    this.calls.push(call)
  }
}

const rollingWindowMs = { 'rolling-60s': 60_000, 'rolling-1d': 86_400_000 } as const

/** A leaky bucket: holds `max` units and loses `max` units per window, evenly. */
export class LeakyQuota implements VendorQuota {
  readonly rule: QuotaRule & { readonly window: keyof typeof rollingWindowMs }
  readonly calls: CountedCall[] = []
  readonly windowMs: number
  /** Units × window milliseconds, to stay an integer. */
  #level = 0
  #atMs = 0

  constructor(rule: LeakyQuota['rule']) {
    this.rule = rule
    this.windowMs = rollingWindowMs[rule.window]
  }

  #levelAt(nowMs: number): number {
    return Math.max(0, this.#level - (nowMs - this.#atMs) * this.rule.max)
  }

  remaining(nowMs: number): number {
    return Math.max(0, Math.floor(this.rule.max - this.#levelAt(nowMs) / this.windowMs))
  }

  waitMs(units: number, nowMs: number): number {
    const excess = this.#levelAt(nowMs) - (this.rule.max - units) * this.windowMs
    return Math.max(0, Math.ceil(excess / this.rule.max))
  }

  count(call: CountedCall): void {
    this.#level = this.#levelAt(call.arrivedAtMs) + call.units * this.windowMs
    this.#atMs = call.arrivedAtMs
    this.calls.push(call)
  }
}

/** The quota that enforces a rule. */
export function quotaOf({ window, ...rule }: QuotaRule, timeZone: string): CalendarQuota | LeakyQuota {
  return window === 'rolling-60s' || window === 'rolling-1d'
    ? new LeakyQuota({ ...rule, window })
    : new CalendarQuota({ ...rule, window }, timeZone)
}
