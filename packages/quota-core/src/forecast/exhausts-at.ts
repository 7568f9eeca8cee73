import { calendarInterval } from '../domain/calendar.js'
import type { DayRule } from '../domain/day-rule.js'
import type { LimitGrant } from '../domain/grant.js'
import type { Window } from '../domain/window.js'
import { isRolling, lastsAnHour, type RollingWindow, rollingMs } from '../domain/window.js'

/** The state of a limit that its forecast depends on. */
export interface Standing {
  /** Null for calls in flight, which have no forecast. */
  readonly window: Window | null
  /** Units per window; null counts without limiting. */
  readonly max: number | null
  /** Used and observed units, without held ones. */
  readonly spent: number
  /** Units left for new calls, held ones subtracted; null without a max. */
  readonly remaining: number | null
  /** Active grants, which `remaining` includes; none unless given. */
  readonly grants?: readonly LimitGrant[]
  /** Units used in the last 60 minutes. */
  readonly unitsOfLastHour: number
}

const hourMs = 3_600_000
const yearMs = 365 * 24 * hourMs

/**
 * When a limit runs out at the current pace; null if it lasts. Held units count as spent, as they do for new calls.
 *
 * - A limit without room has run out now. One without a max never does.
 * - Calendar windows: the faster of two paces, that of the last 60 minutes and that of the window so far. The first
 *   notices the start of a rush, the second is stable over a quiet hour. An early warning costs a look and disappears
 *   within an hour; a late one costs refused calls. In a new window a single call would look like a rush, so the window
 *   counts as at least a quarter over, or an hour. An instant at or after the window's end becomes null: the limit
 *   lasts until its reset.
 * - `total`: the pace of the last 60 minutes, since nothing says when its usage began. An instant more than a year ahead
 *   becomes null.
 * - Rolling windows: the pace of the last 60 minutes minus the refill of max per window. An instant more than one
 *   window ahead becomes null: by then all known usage has drained.
 * - What a grant adds is gone when it ends: a limit that would be spent without it runs out then.
 * - Windows under an hour reset before anybody could act: null while there is room.
 *
 * Never before `nowMs`. A faster pace or less room never moves it later.
 */
export function exhaustsAtMs(standing: Standing, rule: DayRule, nowMs: number): number | null {
  const { window, max, remaining } = standing
  if (window === null || max === null || remaining === null) return null
  if (remaining <= 0) return nowMs
  if (!lastsAnHour(window)) return null
  const { unitsPerMs, untilMs } = courseOf({ ...standing, window, max }, rule, nowMs)
  const spentAtMs = (room: number): number => {
    if (room <= 0) return nowMs
    return unitsPerMs > 0 ? nowMs + Math.ceil(room / unitsPerMs) : Number.POSITIVE_INFINITY
  }
  let room = remaining
  let atMs = spentAtMs(room)
  for (const grant of [...(standing.grants ?? [])].sort((left, right) => left.untilMs - right.untilMs)) {
    room -= grant.amount
    atMs = Math.min(atMs, Math.max(grant.untilMs, spentAtMs(room)))
  }
  return atMs < untilMs ? atMs : null
}

/** The pace at which room shrinks, and how far ahead it is valid. */
interface Course {
  readonly unitsPerMs: number
  readonly untilMs: number
}

function courseOf(
  standing: Standing & { readonly window: Window; readonly max: number },
  rule: DayRule,
  nowMs: number,
): Course {
  const { window, max, unitsOfLastHour } = standing
  if (window === 'total') return { unitsPerMs: unitsOfLastHour / hourMs, untilMs: nowMs + yearMs }
  if (isRolling(window)) return rollingCourse(standing, { window, max }, nowMs)
  return calendarCourse(standing, calendarInterval(window, rule, nowMs), nowMs)
}

function calendarCourse(
  { spent, unitsOfLastHour }: Standing,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  nowMs: number,
): Course {
  const leastMs = Math.min(hourMs, (endMs - startMs) / 4)
  const ofWindow = spent / Math.max(leastMs, nowMs - startMs)
  return { unitsPerMs: Math.max(ofWindow, unitsOfLastHour / hourMs), untilMs: endMs }
}

function rollingCourse(
  { unitsOfLastHour }: Standing,
  { window, max }: { readonly window: RollingWindow; readonly max: number },
  nowMs: number,
): Course {
  const windowMs = rollingMs(window)
  return { unitsPerMs: unitsOfLastHour / hourMs - max / windowMs, untilMs: nowMs + windowMs }
}
