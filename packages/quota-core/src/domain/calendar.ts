import { Temporal } from 'temporal-polyfill'
import type { DayRule } from './day-rule.js'
import { DayRuleCache } from './day-rule-cache.js'
import { farthestMs } from './instant.js'
import { type CalendarWindow, isResetting, type RollingWindow, type Window } from './window.js'

/** `[startMs, endMs)` in epoch milliseconds. */
export interface Interval {
  readonly startMs: number
  readonly endMs: number
}

/** The interval of `total`, and of limits without a window: it never ends. */
const endless: Interval = { startMs: 0, endMs: farthestMs }

const minuteMs = 60_000
const hourMs = 3_600_000

// Windows are computed once per counter and command, nearly always for the same interval; computing one takes some 16
// µs. Caching the last of each keeps the functions pure.
const rememberedIntervals = {
  hour: new DayRuleCache<Interval>(),
  day: new DayRuleCache<Interval>(),
  week: new DayRuleCache<Interval>(),
} as const
/** By the day on which months begin. */
const rememberedMonths = Array.from({ length: 32 }, () => new DayRuleCache<Interval>())
const rememberedDates = new DayRuleCache<Interval & { readonly date: string }>()

/** Whether the text is a time zone for windows: an IANA name or an offset. */
export function isTimeZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text)
    // The call above also accepts a date-time with a zone in brackets, which is not a zone.
    return /^[A-Za-z0-9_+\-/:]{1,64}$/.test(text) && !/^\d/.test(text)
  } catch {
    return false
  }
}

/** The window that contains the instant; from 0 to {@link farthestMs} for `total` and for none. */
export function windowInterval(
  window: Exclude<Window, RollingWindow> | null,
  rule: DayRule,
  instantMs: number,
): Interval {
  return isResetting(window) ? calendarInterval(window, rule, instantMs) : endless
}

/** The calendar window that contains the instant. DST days have 23 or 25 hours. */
export function calendarInterval(window: CalendarWindow, rule: DayRule, instantMs: number): Interval {
  if (window === 'minute') {
    const startMs = Math.floor(instantMs / minuteMs) * minuteMs
    return { startMs, endMs: startMs + minuteMs }
  }
  const cache = window === 'month' ? rememberedMonths[rule.monthStartsOn] : rememberedIntervals[window]
  const remembered = cache?.get(rule)
  if (remembered !== undefined && holds(remembered, instantMs)) return remembered
  const interval = longInterval(window, rule, instantMs)
  cache?.set(rule, interval)
  return interval
}

function longInterval(window: Exclude<CalendarWindow, 'minute'>, rule: DayRule, instantMs: number): Interval {
  switch (window) {
    case 'hour':
      return hourInterval(rule, instantMs)
    case 'day':
      return dayInterval(rule, instantMs)
    case 'week':
      return weekInterval(rule, instantMs)
    case 'month':
      return monthInterval(rule, instantMs)
  }
}

/** The subject's day at the instant, as `YYYY-MM-DD`. */
export function dateAt(rule: DayRule, instantMs: number): string {
  const remembered = rememberedDates.get(rule)
  if (remembered !== undefined && holds(remembered, instantMs)) return remembered.date
  const day = dayAt(rule, instantMs)
  const interval = { startMs: startOfDay(rule, day), endMs: startOfDay(rule, day.add({ days: 1 })) }
  const date = day.toString()
  rememberedDates.set(rule, { ...interval, date })
  return date
}

/** The interval of a day `YYYY-MM-DD`. */
export function intervalOfDate(rule: DayRule, date: string): Interval {
  const day = Temporal.PlainDate.from(date)
  return { startMs: startOfDay(rule, day), endMs: startOfDay(rule, day.add({ days: 1 })) }
}

function holds(interval: Interval, instantMs: number): boolean {
  return instantMs >= interval.startMs && instantMs < interval.endMs
}

function zoned(timeZone: string, instantMs: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timeZone)
}

function startOfDay(rule: DayRule, day: Temporal.PlainDate): number {
  const local = { plainTime: Temporal.PlainTime.from(rule.dayStartsAt), timeZone: rule.timeZone }
  return day.toZonedDateTime(local).epochMilliseconds
}

function dayAt(rule: DayRule, instantMs: number): Temporal.PlainDate {
  const local = zoned(rule.timeZone, instantMs).toPlainDate()
  // The next day may have begun already if clocks were set back over midnight; the day before may not exist if a zone
  // crossed the date line.
  for (const days of [1, 0, -1]) {
    const day = local.add({ days })
    if (instantMs >= startOfDay(rule, day)) return day
  }
  return local.subtract({ days: 2 })
}

function dayInterval(rule: DayRule, instantMs: number): Interval {
  const day = dayAt(rule, instantMs)
  return { startMs: startOfDay(rule, day), endMs: startOfDay(rule, day.add({ days: 1 })) }
}

function weekInterval(rule: DayRule, instantMs: number): Interval {
  const day = dayAt(rule, instantMs)
  const monday = day.subtract({ days: day.dayOfWeek - 1 })
  return { startMs: startOfDay(rule, monday), endMs: startOfDay(rule, monday.add({ days: 7 })) }
}

function monthInterval(rule: DayRule, instantMs: number): Interval {
  const day = dayAt(rule, instantMs)
  const first = day.with({ day: 1 })
  // Days beyond the end of a shorter month become its last one.
  const startIn = (months: number): Temporal.PlainDate =>
    first.add({ months }).with({ day: rule.monthStartsOn })
  const months = Temporal.PlainDate.compare(day, startIn(0)) < 0 ? -1 : 0
  return { startMs: startOfDay(rule, startIn(months)), endMs: startOfDay(rule, startIn(months + 1)) }
}

/**
 * Local clock hours, split where the offset changes mid-hour (Lord Howe), so that hours never overlap or leave gaps.
 */
function hourInterval(rule: DayRule, instantMs: number): Interval {
  const now = zoned(rule.timeZone, instantMs)
  const offsetMs = now.offsetNanoseconds / 1_000_000
  const startMs = Math.floor((instantMs + offsetMs) / hourMs) * hourMs - offsetMs
  // The transition at or before the instant: `previous` looks strictly before, so add one ms.
  const before = zoned(rule.timeZone, instantMs + 1).getTimeZoneTransition('previous')
  const after = now.getTimeZoneTransition('next')
  return {
    startMs: Math.max(startMs, before?.epochMilliseconds ?? startMs),
    endMs: Math.min(startMs + hourMs, after?.epochMilliseconds ?? startMs + hourMs),
  }
}
