import type { DayRule } from '@quotakeeper/quota-core'

/**
 * Calendar windows computed in the simplest way: by reading the wall clock minute by minute. Written independently of
 * the code under test, with another library (Intl).
 */
export interface NaiveInterval {
  readonly startMs: number
  readonly endMs: number
}

const minuteMs = 60_000
const clocks = new Map<string, Intl.DateTimeFormat>()
const labels = new Map<string, string>()

interface WallClock {
  readonly date: string
  readonly time: string
  readonly offset: string
}

function wallClock(timeZone: string, instantMs: number): WallClock {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    })
  clocks.set(timeZone, clock)
  const parts = new Map(clock.formatToParts(instantMs).map(({ type, value }) => [type, value]))
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
    offset: part('timeZoneName'),
  }
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10)
}

/** The day on a wall clock, with days that begin at `dayStartsAt`. */
function naiveDate({ timeZone, dayStartsAt }: DayRule, instantMs: number): string {
  const { date, time } = wallClock(timeZone, instantMs)
  return time >= dayStartsAt ? date : dayBefore(date)
}

export type NaiveWindow = 'minute' | 'hour' | 'day' | 'week' | 'month'

/** The Monday of a day's week. */
function mondayOf(date: string): string {
  let monday = date
  while (new Date(monday).getUTCDay() !== 1) monday = dayBefore(monday)
  return monday
}

/** The day on which the month of a day began. */
function monthStartOf(date: string, monthStartsOn: number): string {
  let start = date
  const isStart = (day: string): boolean => {
    const dayOfMonth = Number(day.slice(8))
    const nextDay = new Date(Date.parse(day) + 86_400_000).getUTCDate()
    return dayOfMonth === monthStartsOn || (nextDay === 1 && dayOfMonth < monthStartsOn)
  }
  while (!isStart(start)) start = dayBefore(start)
  return start
}

/** A label shared by exactly the instants of a window. */
function labelOf(window: NaiveWindow, rule: DayRule, instantMs: number): string {
  const minute = Math.floor(instantMs / minuteMs)
  const key = `${window} ${rule.timeZone} ${rule.dayStartsAt} ${rule.monthStartsOn} ${minute}`
  const known = labels.get(key)
  if (known !== undefined) return known
  const { date, time, offset } = wallClock(rule.timeZone, instantMs)
  const label = {
    minute: () => String(minute),
    hour: () => `${date} ${time.slice(0, 2)} ${offset}`,
    day: () => naiveDate(rule, instantMs),
    week: () => mondayOf(naiveDate(rule, instantMs)),
    month: () => monthStartOf(naiveDate(rule, instantMs), rule.monthStartsOn),
  }[window]()
  labels.set(key, label)
  return label
}

const strideMinutes = { minute: 1, hour: 10, day: 180, week: 1_440, month: 1_440 } as const
const intervals = new Map<string, NaiveInterval>()

/** The window that contains the instant. */
export function naiveInterval(window: NaiveWindow, rule: DayRule, instantMs: number): NaiveInterval {
  const key = `${window} ${rule.timeZone} ${rule.dayStartsAt} ${rule.monthStartsOn} ${labelOf(window, rule, instantMs)}`
  const known = intervals.get(key)
  if (known !== undefined) return known
  const minute = Math.floor(instantMs / minuteMs)
  const label = labelOf(window, rule, instantMs)
  const inside = (candidate: number): boolean => labelOf(window, rule, candidate * minuteMs) === label
  const interval = {
    startMs: edge(minute, -strideMinutes[window], inside) * minuteMs,
    endMs: (edge(minute, strideMinutes[window], inside) + 1) * minuteMs,
  }
  intervals.set(key, interval)
  return interval
}

/** The last minute inside the window, in the direction of the stride. */
function edge(fromMinute: number, stride: number, inside: (minute: number) => boolean): number {
  let last = fromMinute
  for (let count = 0; count < 1_000 && inside(last + stride); count++) last += stride
  for (let step = stride; step !== 0; ) {
    if (inside(last + step)) last += step
    else step = Math.trunc(step / 2)
  }
  return last
}
