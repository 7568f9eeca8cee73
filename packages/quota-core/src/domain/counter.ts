import { windowInterval } from './calendar.js'
import type { DayRule } from './day-rule.js'
import { activeGrants, type GrantedMax, maxAt } from './grant.js'
import { farthestMs } from './instant.js'
import type { Limit } from './limit.js'
import type { SubjectRef } from './subject.js'
import { negated, notNegative, plus, saturated, type WholeNumber, wholeNumber } from './whole-number.js'
import { isResetting, isRolling, type RollingWindow, rollingMs } from './window.js'

/**
 * The counter of one limit, for one model or for all. Calendar limits count `used`, `held` and `observed` in the window
 * that starts at `windowStartMs`; these return to 0 when the window ends, those of `total` never. A limit of
 * `concurrency` has only `held`. Rolling limits keep a continuously draining
 * `level`, and `held` beside it.
 */
export interface Counter {
  readonly subject: SubjectRef
  readonly limitId: string
  /** `''` unless the limit counts each model separately. */
  readonly model: string
  /** The calendar window's start; 0 for `total` and without a window; for a rolling limit, the multiple of its length that dates its alerts. */
  readonly windowStartMs: number
  /** Calendar: units of settled calls. Rolling: 0, see `level`. */
  readonly used: WholeNumber
  /** Rolling: units × the window's milliseconds, as of `atMs`. Calendar: 0. */
  readonly level: bigint
  /** Units reserved by calls in flight. Of the shared counter of a limit per user: how many users have counters. */
  readonly held: WholeNumber
  /** Calendar: units that the vendor counted beyond ours. Rolling: 0, since the level includes them. */
  readonly observed: number
  /** When it was last updated; time never moves back past it. */
  readonly atMs: number
  /** Thresholds that have alerted in this window, ascending. */
  readonly alertedPercents: readonly number[]
  /** The vendor's last report, for a calendar limit within this window; null if none. */
  readonly reported: ReportedCount | null
}

/** A limit's usage as reported by the vendor. */
export interface ReportedCount {
  readonly max: number
  readonly remaining: number
  /** Units that the vendor had counted beyond our used and held units at that time; may be negative. */
  readonly drift: number
  /** When the answered call was reserved. */
  readonly sinceMs: number
}

/** Units counted at one instant. */
export interface Charge {
  readonly units: WholeNumber
  /** The call's instant, which determines the calendar window. */
  readonly occurredAtMs: number
  /** When the units were spent; the refill of a rolling limit starts here. */
  readonly spentAtMs: number
}

const noAlerts: readonly number[] = []

/** A counter without usage. */
export function emptyCounter(subject: SubjectRef, limit: Limit, model: string): Counter {
  return {
    subject: { kind: subject.kind, name: subject.name },
    limitId: limit.id,
    model,
    windowStartMs: 0,
    used: 0,
    level: 0n,
    held: 0,
    observed: 0,
    atMs: 0,
    alertedPercents: noAlerts,
    reported: null,
  }
}

/** Whether a counter holds nothing: no usage, no alerts, no vendor report. Equivalent to a missing counter. */
export function isEmptyCounter({ used, level, held, observed, alertedPercents, reported }: Counter): boolean {
  return (
    used === 0 &&
    level === 0n &&
    held === 0 &&
    observed === 0 &&
    alertedPercents.length === 0 &&
    reported === null
  )
}

/** How long a counter is kept after it holds nothing, in case the clock moves back. */
const keptPastMs = 86_400_000

/**
 * Whether the counter of one model may be deleted: its window ended, or it drained, at least a day ago, and nothing is
 * held. Age alone never suffices: a monthly rolling level lasts a month.
 */
export function isPastCounter(counter: Counter, limit: Limit, rule: DayRule, nowMs: number): boolean {
  if (counter.model === '') return false
  if (counter.atMs > nowMs - keptPastMs) return false
  const current = counterAt(counter, limit, rule, nowMs - keptPastMs)
  // The vendor's report of a rolling limit stays until the next one; it is no reason to keep a drained counter.
  return isEmptyCounter(isRolling(limit.window) ? { ...current, reported: null } : current)
}

/** A unique key of the counter. */
export function counterKey(subject: SubjectRef, limitId: string, model: string): string {
  return `${subject.kind}\n${subject.name}\n${limitId}\n${model}`
}

/** The counter advanced to the instant: windows turned, levels drained. Never moves back in time. */
export function counterAt(counter: Counter, limit: Limit, rule: DayRule, instantMs: number): Counter {
  const nowMs = Math.max(instantMs, counter.atMs)
  if (keepsUsers(counter, limit)) return nowMs === counter.atMs ? counter : { ...counter, atMs: nowMs }
  if (isRolling(limit.window)) return rollingAt(counter, limit, limit.window, nowMs)
  const { startMs } = windowInterval(limit.window, rule, nowMs)
  if (startMs === counter.windowStartMs) return nowMs === counter.atMs ? counter : { ...counter, atMs: nowMs }
  return {
    ...counter,
    windowStartMs: startMs,
    used: 0,
    held: 0,
    observed: 0,
    atMs: nowMs,
    alertedPercents: noAlerts,
    reported: null,
  }
}

/** Whether it is the shared counter of a limit per user, which has no window and counts users. */
export function keepsUsers({ model }: Counter, { per }: Limit): boolean {
  return per === 'user' && model === ''
}

function rollingAt(counter: Counter, limit: Limit, window: RollingWindow, nowMs: number): Counter {
  const windowMs = rollingMs(window)
  const drained = refilled(limit, nowMs - counter.atMs)
  const level = counter.level > drained ? counter.level - drained : 0n
  const windowStartMs = Math.floor(nowMs / windowMs) * windowMs
  const alertedPercents = windowStartMs === counter.windowStartMs ? counter.alertedPercents : noAlerts
  return { ...counter, windowStartMs, level, atMs: nowMs, alertedPercents }
}

/** Units × window milliseconds that a rolling limit regains in the elapsed time. */
function refilled(limit: Limit, elapsedMs: number): bigint {
  return BigInt(limit.max ?? 0) * BigInt(Math.max(0, elapsedMs))
}

/**
 * Used plus observed units, without held ones. At most 2^53 − 1: no limit allows more, and an absurd figure of a vendor
 * must not make ours unreadable.
 */
export function spentUnits(counter: Counter, limit: Limit): number {
  if (!isRolling(limit.window)) return saturated(plus(counter.used, counter.observed))
  return levelUnits(counter.level, rollingMs(limit.window))
}

/** Units of a level, rounded up: a fraction of a unit cannot be spent. */
function levelUnits(level: bigint, windowMs: number): number {
  const scale = BigInt(windowMs)
  return saturated(wholeNumber((level + scale - 1n) / scale))
}

/** Whether an attempt of this instant belongs to the counter's calendar window. */
function inWindow(counter: Counter, limit: Limit, rule: DayRule, occurredAtMs: number): boolean {
  if (isRolling(limit.window)) return true
  return windowInterval(limit.window, rule, occurredAtMs).startMs === counter.windowStartMs
}

/** Holds units for a call that starts now, or releases them (negative units). The counter must be current. */
export function hold(counter: Counter, limit: Limit, rule: DayRule, charge: Charge): Counter {
  if (charge.units === 0 || !inWindow(counter, limit, rule, charge.occurredAtMs)) return counter
  return { ...counter, held: notNegative(plus(counter.held, charge.units)) }
}

/**
 * Counts units as used, or takes them back if negative. The counter must be current. A calendar counter ignores a
 * charge outside its window. A rolling counter counts the units that have not drained since they were spent, and takes
 * back no more than that of an earlier charge.
 */
export function charge(
  counter: Counter,
  limit: Limit,
  rule: DayRule,
  { units, occurredAtMs, spentAtMs }: Charge,
): Counter {
  if (units === 0 || !inWindow(counter, limit, rule, occurredAtMs)) return counter
  if (!isRolling(limit.window)) return { ...counter, used: notNegative(plus(counter.used, units)) }
  const full = BigInt(units < 0 ? negated(units) : units) * BigInt(rollingMs(limit.window))
  const drained = refilled(limit, counter.atMs - spentAtMs)
  const left = full > drained ? full - drained : 0n
  if (units > 0) return { ...counter, level: counter.level + left }
  return { ...counter, level: counter.level > left ? counter.level - left : 0n }
}

/** A vendor's report of a limit. */
export interface VendorCount {
  readonly max: number
  readonly remaining: number
  /** The earliest instant at which the vendor may have counted: when the answered call was reserved. */
  readonly sinceMs: number
}

/**
 * Applies a vendor's report, which includes our calls in flight. It raises our count and never lowers it. For a rolling
 * limit, the refill since the vendor counted is subtracted: vendors count when a call arrives, and a streamed answer
 * takes a minute, so that each report taken at the end of its answer would fill the level again. Stores the vendor's
 * figures unless newer ones are stored. The counter must be current.
 */
export function observe(counter: Counter, limit: Limit, { max, remaining, sinceMs }: VendorCount): Counter {
  const units = Math.max(0, max - remaining)
  const isLate = counter.reported !== null && counter.reported.sinceMs > sinceMs
  const reported = isLate
    ? counter.reported
    : { max, remaining, drift: driftOf(counter, limit, units), sinceMs }
  if (!isRolling(limit.window)) {
    const excess = Math.max(0, units - saturated(counter.held) - saturated(counter.used))
    return { ...counter, reported, observed: Math.max(counter.observed, excess) }
  }
  const spent = BigInt(Math.max(0, units - saturated(counter.held))) * BigInt(rollingMs(limit.window))
  const level = spent - refilled(limit, counter.atMs - sinceMs)
  return { ...counter, reported, level: level > counter.level ? level : counter.level }
}

/** Units that the vendor counted beyond ours. */
function driftOf(counter: Counter, limit: Limit, units: number): number {
  const own = isRolling(limit.window) ? spentUnits(counter, limit) : saturated(counter.used)
  return Math.max(Number.MIN_SAFE_INTEGER, units - own - saturated(counter.held))
}

/** The counter after a usage reset: nothing used or observed; calls in flight stay held. */
export function clearUsage(counter: Counter): Counter {
  return { ...counter, used: 0, level: 0n, observed: 0, alertedPercents: noAlerts, reported: null }
}

/**
 * Units left for new calls, negative if overspent; null without a max. Exact if positive: spent and held units are
 * subtracted one after the other.
 */
export function roomUnits(counter: Counter, limit: Limit & GrantedMax): number | null {
  const max = maxAt(limit, counter.atMs)
  if (max === null) return null
  return max - spentUnits(counter, limit) - saturated(counter.held)
}

/** Whether the units fit now. A spent limit denies even 0 units. The counter must be current. */
export function fits(counter: Counter, limit: Limit & GrantedMax, units: number): boolean {
  const max = maxAt(limit, counter.atMs)
  if (max === null) return true
  const unspent = max - spentUnits(counter, limit)
  return unspent > 0 && units <= unspent - saturated(counter.held)
}

/** The wait before a call that a limit of `concurrency` denied is retried: when a call in flight ends is unknown. */
const callEndsWithinMs = 1_000

/**
 * When the units would fit if every held unit were spent now and no other call arrived; null if never. For calls in
 * flight, which may end at any moment, in a second: when the first of them expires would be minutes away. The counter
 * must be current, and the units must not fit now.
 */
export function fitsAgainAtMs(
  counter: Counter,
  limit: Limit & GrantedMax,
  rule: DayRule,
  units: number,
): number | null {
  const { window } = limit
  if (limit.max === null) return counter.atMs
  if (isRolling(window))
    return rollingFitsAgainAtMs(counter, limit, { windowMs: rollingMs(window), units, sinceMs: counter.atMs })
  if (limit.metric !== 'concurrency' && !isResetting(window)) return null
  const atMs = isResetting(window)
    ? windowInterval(window, rule, counter.atMs).endMs
    : counter.atMs + callEndsWithinMs
  const max = maxAt(limit, atMs) ?? 0
  return max > 0 && units <= max ? atMs : null
}

/** The first instant at which enough has drained for the max of that instant, which falls where grants end. */
function rollingFitsAgainAtMs(
  counter: Counter,
  limit: Limit & GrantedMax,
  {
    windowMs,
    units,
    sinceMs,
  }: { readonly windowMs: number; readonly units: number; readonly sinceMs: number },
): number | null {
  const ends = activeGrants(limit, sinceMs).map(({ untilMs }) => untilMs)
  ends.sort((left, right) => left - right)
  let fromMs = sinceMs
  for (const endMs of [...ends, Number.POSITIVE_INFINITY]) {
    const max = maxAt(limit, fromMs) ?? 0
    if (units > max || max === 0) return null
    // A spent limit denies even 0 units, so at least one unit has to return.
    const atMs = Math.max(fromMs, drainedToAtMs(counter, limit, windowMs, max - Math.max(1, units)))
    if (atMs < endMs) return atMs
    fromMs = endMs
  }
  return null
}

/**
 * The first instant from `sinceMs` on at which the units would fit, see {@link fitsAgainAtMs}, also if they fit now:
 * grants may have ended by then. Null if never.
 */
export function fitsSinceMs(
  counter: Counter,
  limit: Limit & GrantedMax,
  rule: DayRule,
  { units, sinceMs }: { readonly units: number; readonly sinceMs: number },
): number | null {
  const { window } = limit
  if (isRolling(window))
    return rollingFitsAgainAtMs(counter, limit, { windowMs: rollingMs(window), units, sinceMs })
  const then = counterAt(counter, limit, rule, sinceMs)
  const used = limit.metric === 'concurrency' ? then.used : plus(then.used, then.held)
  const spent = { ...then, used, held: 0 }
  return fits(spent, limit, units) ? sinceMs : fitsAgainAtMs(spent, limit, rule, units)
}

/** When a limit is full again: at the window's end, or when a rolling level is empty; null if never. */
export function resetsAtMs(counter: Counter, limit: Limit, rule: DayRule): number | null {
  if (!isResetting(limit.window)) return null
  if (!isRolling(limit.window)) return windowInterval(limit.window, rule, counter.atMs).endMs
  return drainedToAtMs(counter, limit, rollingMs(limit.window), 0)
}

function drainedToAtMs(counter: Counter, limit: Limit, windowMs: number, units: number): number {
  const scale = BigInt(windowMs)
  const excess = counter.level + BigInt(counter.held) * scale - BigInt(units) * scale
  const rate = BigInt(limit.max ?? 1)
  const waitMs = excess > 0n ? Number((excess + rate - 1n) / rate) : 0
  return Math.min(farthestMs, counter.atMs + waitMs)
}
