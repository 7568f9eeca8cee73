import { calendarInterval } from '../domain/calendar.js'
import type { DayRule } from '../domain/day-rule.js'
import type { Window } from '../domain/window.js'
import { isRolling, lastsAnHour, type RollingWindow, rollingMs } from '../domain/window.js'

/** A limit at an instant, as far as its end depends on it. */
export interface Standing {
  readonly window: Window
  /** Units per window; null counts without limiting. */
  readonly max: number | null
  /** Used and observed units: what calls in flight hold is left out. */
  readonly spent: number
  /** Units that are left for new calls: what calls in flight hold is taken off. Null without a max. */
  readonly remaining: number | null
  /** Units used in the last 60 minutes. */
  readonly unitsOfLastHour: number
}

const hourMs = 3_600_000

/**
 * When a limit runs out if calls go on as they do; null when it lasts. Held units count as gone, as they do
 * for every new call.
 *
 * - A limit without room has run out now. One without a max never does.
 * - Calendar windows: at the faster of two paces, that of the last 60 minutes and that of the window so far.
 *   The first sees a rush begin, the second outlives a quiet hour. A warning that came too early costs a look
 *   and is taken back by the next hour; one that came too late costs refused calls. A window that has just
 *   begun would make a single call look like a rush: it is taken to be at least a quarter over, or an hour.
 *   At or after the window's end is null: it lasts until the reset.
 * - Rolling windows: at the pace of the last 60 minutes less what flows back, max per window. More than one
 *   window ahead is null: by then all that is known has flowed back.
 * - Windows of less than an hour turn sooner than anybody could act: null while there is room.
 *
 * Never before `nowMs`. A faster pace or less room never puts it off.
 */
export function exhaustsAtMs(standing: Standing, rule: DayRule, nowMs: number): number | null {
  const { window, max, remaining } = standing
  if (max === null || remaining === null) return null
  if (remaining <= 0) return nowMs
  if (!lastsAnHour(window)) return null
  const { unitsPerMs, untilMs } = isRolling(window)
    ? rollingCourse(standing, { window, max }, nowMs)
    : calendarCourse(standing, calendarInterval(window, rule, nowMs), nowMs)
  if (unitsPerMs <= 0) return null
  const atMs = nowMs + Math.ceil(remaining / unitsPerMs)
  return atMs < untilMs ? atMs : null
}

/** How fast the room shrinks, and for how long that says anything. */
interface Course {
  readonly unitsPerMs: number
  readonly untilMs: number
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
