import { calendarInterval } from './calendar.js'
import type { DayRule } from './day-rule.js'
import { farthestMs } from './instant.js'
import type { Limit } from './limit.js'
import type { SubjectRef } from './subject.js'
import { negated, notNegative, plus, saturated, type WholeNumber, wholeNumber } from './whole-number.js'
import { isRolling, type RollingWindow, rollingMs } from './window.js'

/**
 * What one limit has counted, for one model or for all. Calendar limits count `used`, `held` and
 * `observed` of the window that starts at `windowStartMs`: they are 0 as soon as it has passed.
 * Rolling limits keep a level that drains continuously, and what is held beside it.
 */
export interface Counter {
  readonly subject: SubjectRef
  readonly limitId: string
  /** `''` unless the limit counts each model apart. */
  readonly model: string
  /** The calendar window's start; for a rolling limit, the multiple of its length that dates its alerts. */
  readonly windowStartMs: number
  /** Calendar: units of settled calls. Rolling: 0, see `level`. */
  readonly used: WholeNumber
  /** Rolling: units × the window's milliseconds, as of `atMs`. Calendar: 0. */
  readonly level: bigint
  /** Units reserved by calls in flight. */
  readonly held: WholeNumber
  /** Calendar: units spent according to the vendor beyond what we know of. Rolling: 0, in the level. */
  readonly observed: number
  /** When it was last brought up to date; time never moves back past it. */
  readonly atMs: number
  /** Thresholds that have alerted in this window, ascending. */
  readonly alertedPercents: readonly number[]
  /** What the vendor has last said, in this window of a calendar limit; null when nothing. */
  readonly reported: ReportedCount | null
}

/** A vendor's account of a limit, beside ours. */
export interface ReportedCount {
  readonly max: number
  readonly remaining: number
  /** Units that the vendor had counted beyond our used and held ones at that time; may be negative. */
  readonly drift: number
  /** When the call was reserved that it answered. */
  readonly sinceMs: number
}

/** Units counted at one instant. */
export interface Charge {
  readonly units: WholeNumber
  /** The instant that dates the call: it decides the calendar window. */
  readonly occurredAtMs: number
  /** When the units were spent: the refill of a rolling limit starts here. */
  readonly spentAtMs: number
}

const noAlerts: readonly number[] = []

/** A counter at which nothing has been counted. */
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

/**
 * Whether a counter says no more than one that does not exist: nothing used, held or observed, no alert to remember,
 * nothing that the vendor has said.
 */
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

/** A counter is kept for so long after it has nothing to say any more, should the clock move back. */
const keptPastMs = 86_400_000

/**
 * Whether a counter of one model may be forgotten: its window has passed a day ago, or all of it has drained by then,
 * and nothing is held. Never for its age alone: a rolling level of a month is there for a month.
 */
export function isPastCounter(counter: Counter, limit: Limit, rule: DayRule, nowMs: number): boolean {
  if (counter.model === '') return false
  if (counter.atMs > nowMs - keptPastMs) return false
  const current = counterAt(counter, limit, rule, nowMs - keptPastMs)
  // What a vendor has said of a limit that refills stands until it says something else; it is of no use by itself.
  return isEmptyCounter(isRolling(limit.window) ? { ...current, reported: null } : current)
}

/** A text that is unique per counter. */
export function counterKey(subject: SubjectRef, limitId: string, model: string): string {
  return `${subject.kind}\n${subject.name}\n${limitId}\n${model}`
}

/** The counter as it stands at the instant: windows turned, levels drained. Never moves back in time. */
export function counterAt(counter: Counter, limit: Limit, rule: DayRule, instantMs: number): Counter {
  const nowMs = Math.max(instantMs, counter.atMs)
  if (isRolling(limit.window)) return rollingAt(counter, limit, limit.window, nowMs)
  const { startMs } = calendarInterval(limit.window, rule, nowMs)
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

function rollingAt(counter: Counter, limit: Limit, window: RollingWindow, nowMs: number): Counter {
  const windowMs = rollingMs(window)
  const drained = refilled(limit, nowMs - counter.atMs)
  const level = counter.level > drained ? counter.level - drained : 0n
  const windowStartMs = Math.floor(nowMs / windowMs) * windowMs
  const alertedPercents = windowStartMs === counter.windowStartMs ? counter.alertedPercents : noAlerts
  return { ...counter, windowStartMs, level, atMs: nowMs, alertedPercents }
}

/** Scaled units that a rolling limit gets back in a time. */
function refilled(limit: Limit, elapsedMs: number): bigint {
  return BigInt(limit.max ?? 0) * BigInt(Math.max(0, elapsedMs))
}

/**
 * Units spent as far as we and the vendor know, held ones left out. At most 2^53 − 1: no limit allows
 * more, and a vendor's absurd figure must not stop us from reading our own.
 */
export function spentUnits(counter: Counter, limit: Limit): number {
  if (!isRolling(limit.window)) return saturated(plus(counter.used, counter.observed))
  return levelUnits(counter.level, rollingMs(limit.window))
}

/** Units of a level, rounded up: a part of a unit cannot be spent. */
function levelUnits(level: bigint, windowMs: number): number {
  const scale = BigInt(windowMs)
  return saturated(wholeNumber((level + scale - 1n) / scale))
}

/** Whether an attempt of this instant belongs to the calendar window that the counter is in. */
function inWindow(counter: Counter, limit: Limit, rule: DayRule, occurredAtMs: number): boolean {
  if (isRolling(limit.window)) return true
  return calendarInterval(limit.window, rule, occurredAtMs).startMs === counter.windowStartMs
}

/** Holds units for a call that starts now, or gives them back (negative units). The counter is current. */
export function hold(counter: Counter, limit: Limit, rule: DayRule, charge: Charge): Counter {
  if (charge.units === 0 || !inWindow(counter, limit, rule, charge.occurredAtMs)) return counter
  return { ...counter, held: notNegative(plus(counter.held, charge.units)) }
}

/**
 * Counts units as used (or takes them back, when negative). The counter is current. A calendar limit
 * whose window does not hold the call's instant stays untouched. A rolling one counts what has not
 * drained since the units were spent, and gives back no more than that of an earlier charge.
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

/** What a vendor says of a limit. */
export interface VendorCount {
  readonly max: number
  readonly remaining: number
  /** The earliest instant at which it may have counted: when the call was reserved that it answered. */
  readonly sinceMs: number
}

/**
 * Takes note of what the vendor says is spent, our calls in flight included. Raises what we believe, never
 * lowers it. What a rolling limit may have refilled since the vendor counted is taken off: vendors count when a
 * call arrives, and a streamed answer takes a minute; taken as of its end, every one would fill the level up
 * again. The vendor's figures are kept beside ours unless newer ones are there. The counter is current.
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

/** Units that the vendor has counted beyond what we know of ourselves. */
function driftOf(counter: Counter, limit: Limit, units: number): number {
  const own = isRolling(limit.window) ? spentUnits(counter, limit) : saturated(counter.used)
  return Math.max(Number.MIN_SAFE_INTEGER, units - own - saturated(counter.held))
}

/** The counter after a reset of usage: nothing used or observed, what is in flight still held. */
export function clearUsage(counter: Counter): Counter {
  return { ...counter, used: 0, level: 0n, observed: 0, alertedPercents: noAlerts, reported: null }
}

/**
 * How much of an enforced limit is left for new calls, negative when overspent; null without a max.
 * Exact where it is positive, whatever the sizes: what is spent and held is taken off one by one.
 */
export function roomUnits(counter: Counter, limit: Limit): number | null {
  if (limit.max === null) return null
  return limit.max - spentUnits(counter, limit) - saturated(counter.held)
}

/** Whether the units fit now. A limit that is spent denies even 0 units. The counter is current. */
export function fits(counter: Counter, limit: Limit, units: number): boolean {
  if (limit.max === null) return true
  const unspent = limit.max - spentUnits(counter, limit)
  return unspent > 0 && units <= unspent - saturated(counter.held)
}

/**
 * The earliest instant at which the units would fit, as if every held unit were spent now and nothing
 * else arrived; null when they never can. The counter is current and the units do not fit now.
 */
export function fitsAgainAtMs(counter: Counter, limit: Limit, rule: DayRule, units: number): number | null {
  if (limit.max === null) return counter.atMs
  if (units > limit.max || limit.max === 0) return null
  if (!isRolling(limit.window)) return calendarInterval(limit.window, rule, counter.atMs).endMs
  // A spent limit denies even 0 units, so at least one unit has to come back.
  return drainedToAtMs(counter, limit, rollingMs(limit.window), limit.max - Math.max(1, units))
}

/** When a limit is as good as new: the window's end, or the time at which a rolling level is empty. */
export function resetsAtMs(counter: Counter, limit: Limit, rule: DayRule): number {
  if (!isRolling(limit.window)) return calendarInterval(limit.window, rule, counter.atMs).endMs
  return drainedToAtMs(counter, limit, rollingMs(limit.window), 0)
}

function drainedToAtMs(counter: Counter, limit: Limit, windowMs: number, units: number): number {
  const scale = BigInt(windowMs)
  const excess = counter.level + BigInt(counter.held) * scale - BigInt(units) * scale
  const rate = BigInt(limit.max ?? 1)
  const waitMs = excess > 0n ? Number((excess + rate - 1n) / rate) : 0
  return Math.min(farthestMs, counter.atMs + waitMs)
}
