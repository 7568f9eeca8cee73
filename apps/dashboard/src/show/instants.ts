import type { Locale, Translate } from '../texts/translate.js'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** How a language writes durations and instants, in the reader's zone. */
export interface Instants {
  /** A duration in its two largest units: `2 h 10 min`, `4 d 3 h`, `25 s`. */
  readonly lengthOf: (ms: number) => string
  /** `in 2 h 10 min`; `now` for the past. */
  readonly until: (instant: string, nowMs: number) => string
  /** `5 min ago`; `just now` for the future. */
  readonly since: (instant: string, nowMs: number) => string
  /** `16:40`, `tomorrow 00:00`, `Sat 28 Nov 00:00`. */
  readonly clockTime: (instant: string, nowMs: number) => string
}

/** English days are written in the order of their time, from day to month. */
const tags: Readonly<Record<Locale, string>> = { en: 'en-GB', 'zh-Hans': 'zh-Hans-CN' }

export function instantsIn(locale: Locale, t: Translate): Instants {
  const dayForm = new Intl.DateTimeFormat(tags[locale], { weekday: 'short', day: 'numeric', month: 'short' })

  const lengthOf = (ms: number): string => {
    if (ms < minuteMs) return t('formats.seconds', { count: String(Math.max(0, Math.ceil(ms / 1_000))) })
    const minutes = Math.round(ms / minuteMs)
    if (minutes < 60) return t('formats.minutes', { count: String(minutes) })
    if (minutes < 24 * 60) {
      const [hours, rest] = [String(Math.floor(minutes / 60)), minutes % 60]
      return rest === 0
        ? t('formats.hours', { count: hours })
        : t('formats.hoursAndMinutes', { hours, minutes: String(rest) })
    }
    const hours = Math.round(ms / hourMs)
    const [days, rest] = [String(Math.floor(hours / 24)), hours % 24]
    return rest === 0
      ? t('formats.days', { count: days })
      : t('formats.daysAndHours', { days, hours: String(rest) })
  }
  const until = (instant: string, nowMs: number): string => {
    const ms = Date.parse(instant) - nowMs
    return ms <= 0 ? t('formats.now') : t('formats.in', { length: lengthOf(ms) })
  }
  const since = (instant: string, nowMs: number): string => {
    const ms = nowMs - Date.parse(instant)
    return ms < 1_000 ? t('formats.justNow') : t('formats.ago', { length: lengthOf(ms) })
  }
  const clockTime = (instant: string, nowMs: number): string => {
    const date = new Date(instant)
    const time = hourAndMinute(date.getTime())
    const days = dayNumber(date) - dayNumber(new Date(nowMs))
    if (days === 0) return time
    if (days === 1) return t('formats.tomorrow', { time })
    if (days === -1) return t('formats.yesterday', { time })
    return t('formats.onDay', { day: dayForm.format(date).replace(',', ''), time })
  }
  return { lengthOf, until, since, clockTime }
}

/** `16:40` in the reader's zone. */
export function hourAndMinute(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

/** `2026-11-25 16:40:07` in the reader's zone: as ISO 8601 writes it, in every language. */
export function exactTime(instant: string): string {
  const date = new Date(instant)
  return `${date.toLocaleDateString('en-CA')} ${date.toLocaleTimeString('en-GB')}`
}

/** `11-25 16:00` in the reader's zone. */
export function dayAndHour(instant: string): string {
  return exactTime(instant).slice(5, 16)
}

/** The day `days` before now, `YYYY-MM-DD` in UTC. */
export function dayBefore(nowMs: number, days: number): string {
  return new Date(nowMs - days * dayMs).toISOString().slice(0, 10)
}

/** Days since 1970 in the reader's zone. */
function dayNumber(date: Date): number {
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / dayMs)
}
