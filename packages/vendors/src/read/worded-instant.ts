import { withClockDurationsInSeconds } from './clock-duration.js'
import { monthIndexOf } from './month-names.js'
import { namedZone, type Zone, zoneForm } from './named-zone.js'
import { longestWaitMs } from './wait.js'
import { localInstantMs, offsetMs } from './zone-offset.js'

/** The context in which a message is read. */
interface Reading {
  /**
   * The vendor's current time, epoch milliseconds. Dates without a year, and times without a date, are the next ones
   * after it.
   */
  readonly nowMs: number
  /** IANA zone of instants without a zone. */
  readonly timeZone: string
}

/** The words before a stated end, as in `you will regain access on`; also in Chinese. */
const trigger = String.raw`(?:\b(?:until|till|regain(?:s|ed)?|resets?|resetting|renews?|renewed|refreshe?s?|refreshed|resumes?|restored|(?:un)?locks?|unlocked|lifted|available|again|retry|back|try(?= after))\b|\breached\||将在|将于|直到)`
const between = String.raw`[^.!?\d\n]{0,40}?`
const time = String.raw`(?:(?:,|T|\s|\bat\b){1,4}\s?(?<hour>\d{1,2})(?=:|\s?[ap]\.?m)(?::(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d{1,9})?)?)?(?:\s?(?<half>[ap])\.?m\b\.?)?(?![\d:]))?`
const zone = String.raw`(?:\s?\(?(?<zone>${zoneForm})(?![A-Za-z]))?`
const monthName = String.raw`(?<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?`
const weekday = String.raw`(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,?\s)?`
const day = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`

const forms: readonly RegExp[] = [
  String.raw`(?<year>20\d{2})[-/](?<month>\d{1,2})[-/](?<day>\d{1,2})(?!\d)${time}${zone}`,
  String.raw`${weekday}${monthName}\s${day}\b(?:,?\s(?<year>20\d{2})\b)?${time}${zone}`,
  String.raw`${weekday}${day}\s(?:of\s)?${monthName}(?:,?\s(?<year>20\d{2})\b)?${time}${zone}`,
  String.raw`(?<either>\d{1,2})/(?<other>\d{1,2})/(?<year>20\d{2})(?!\d)${time}${zone}`,
  String.raw`(?<epoch>1\d{9}|1\d{12})(?!\d)`,
  String.raw`(?<hour>\d{1,2})(?::(?<minute>\d{2})(?::(?<second>\d{2}))?)?(?:\s?(?<half>[ap])\.?m\b\.?)?${zone}`,
].map(form => new RegExp(`${trigger}${between}(?<![\\d:.-])${form}`, 'i'))

/**
 * The end that a message for people states, as epoch milliseconds: `regain access on 2026-12-01 at 00:00 UTC`, `resets
 * on Dec 1, 2026`, `try again at 7:58 PM`, ISO 8601, an epoch. Null if it states none, a past one or an implausible
 * one.
 */
export function readWordedInstantMs(message: string, reading: Reading): number | null {
  const text = withClockDurationsInSeconds(message)
    .replaceAll(/\b(?:12 )?midnight\b/gi, '00:00')
    .replaceAll(/\b(?:12 )?noon\b/gi, '12:00')
  for (const form of forms) {
    const groups = form.exec(text)?.groups
    const instantMs = groups === undefined ? null : instantOf(groups, reading)
    if (instantMs !== null) return isBelieved(instantMs, reading) ? instantMs : null
  }
  return null
}

function isBelieved(instantMs: number, { nowMs }: Reading): boolean {
  return instantMs > nowMs && instantMs - nowMs <= longestWaitMs
}

type Groups = Readonly<Record<string, string | undefined>>

function instantOf(groups: Groups, reading: Reading): number | null {
  const { epoch, month } = groups
  if (epoch !== undefined) return Number(epoch) * (epoch.length === 10 ? 1_000 : 1)
  const timeOfDayMs = timeOf(groups)
  const zoneOffset = zoneOf(groups, reading.timeZone)
  if (timeOfDayMs === null || zoneOffset === null) return null
  if (groups['either'] !== undefined) return slashedDateMs(groups, timeOfDayMs, zoneOffset, reading)
  return month === undefined
    ? nextTimeMs(groups, timeOfDayMs, zoneOffset, reading)
    : dateMs(groups, timeOfDayMs, zoneOffset, reading)
}

/** The vendor's zone if none is stated; null for an unknown one. A word behind a date alone need not be a zone. */
function zoneOf({ zone, hour }: Groups, timeZone: string): Zone | null {
  const named = zone === undefined ? undefined : namedZone(zone)
  return named === undefined || (named === null && hour === undefined) ? timeZone : named
}

/** Midnight if no time is stated; null for an invalid time. */
function timeOf({ hour, minute, second, half }: Groups): number | null {
  const [hours, minutes, seconds] = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)]
  if (hours > (half === undefined ? 24 : 12) || minutes > 59 || seconds > 60) return null
  const ofDay = half === undefined ? hours : (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  return ((ofDay * 60 + minutes) * 60 + seconds) * 1_000
}

function dateMs(groups: Groups, timeOfDayMs: number, zone: Zone, { nowMs }: Reading): number | null {
  const monthIndex = monthIndexOf(groups['month'] ?? '')
  const dayOfMonth = Number(groups['day'])
  if (monthIndex === null || dayOfMonth < 1 || dayOfMonth > 31) return null
  const at = (year: number): number => toInstantMs(Date.UTC(year, monthIndex, dayOfMonth) + timeOfDayMs, zone)
  if (groups['year'] !== undefined) return at(Number(groups['year']))
  const year = new Date(nowMs).getUTCFullYear()
  return at(year) > nowMs ? at(year) : at(year + 1)
}

/** Month and day in either order: the one in the future, and of two the earlier. */
function slashedDateMs(groups: Groups, timeOfDayMs: number, zone: Zone, reading: Reading): number | null {
  const { either: first, other: second } = groups
  const read = (month: string | undefined, day: string | undefined): number | null =>
    dateMs({ ...groups, month, day }, timeOfDayMs, zone, reading)
  const instants = [read(first, second), read(second, first)].filter(instant => instant !== null)
  const toCome = instants.filter(instant => instant > reading.nowMs)
  return toCome.length === 0 ? null : Math.min(...toCome)
}

/** A time alone: its next occurrence in the zone. It must have minutes, or AM or PM. */
function nextTimeMs(groups: Groups, timeOfDayMs: number, zone: Zone, { nowMs }: Reading): number | null {
  if (groups['minute'] === undefined && groups['half'] === undefined) return null
  const dayMs = 86_400_000
  const localNowMs = nowMs + (typeof zone === 'number' ? zone : offsetMs(zone, nowMs))
  const todayMs = Math.floor(localNowMs / dayMs) * dayMs
  const days = todayMs + timeOfDayMs > localNowMs ? 0 : dayMs
  return toInstantMs(todayMs + days + timeOfDayMs, zone)
}

function toInstantMs(localMs: number, zone: Zone): number {
  return typeof zone === 'number' ? localMs - zone : localInstantMs(localMs, zone)
}
