import { monthIndexOf } from './month-names.js'

/** RFC 3339, and ISO 8601 without seconds or with an offset such as `+0000`, as Python and Java print it. */
const timestampForm =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?([Zz]|UTC|([+-]\d{2}):?(\d{2})?)$/
const monthName = '(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const time = String.raw`(?<hours>\d{2}):(?<minutes>\d{2}):(?<seconds>\d{2})`
const httpDateForms: readonly RegExp[] = [
  // The zones beside GMT are of RFC 5322, which Python's `formatdate` writes.
  String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}, (?<day>\d{1,2})[ -]${monthName}[ -](?<year>\d{4}|\d{2}) ${time} (?:GMT|UTC?|(?<offset>[+-]\d{4}))$`,
  String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${monthName} (?<day>[ \d]\d) ${time} (?<year>\d{4})$`,
].map(form => new RegExp(form, 'i'))

/**
 * A timestamp with a zone as epoch milliseconds; null for anything else, also for a day that does not exist. `Date.parse`
 * alone would read `-5` as the year 2001, `120` as the year 120, and 31 February as 3 March.
 */
export function parseTimestampMs(text: string): number | null {
  const match = timestampForm.exec(text)
  if (match === null) return null
  const [, date = '', timeOfDay = '', , offsetHours, offsetMinutes = '00'] = match
  const [year, month, day] = date.split('-').map(Number)
  if (!isDay(year, month, day)) return null
  const zone = offsetHours === undefined ? 'Z' : `${offsetHours}:${offsetMinutes}`
  const instantMs = Date.parse(`${date}T${timeOfDay}${zone}`)
  return Number.isNaN(instantMs) ? null : instantMs
}

/**
 * An HTTP date as epoch milliseconds, in its present form (`Wed, 25 Nov 2026 12:00:30 GMT`) or an obsolete one
 * (`Wednesday, 25-Nov-26 12:00:30 GMT`, `Wed Nov 25 12:00:30 2026`), which recipients must accept; null for anything
 * else. Source: RFC 9110, 5.6.7
 */
export function parseHttpDateMs(text: string): number | null {
  const groups = httpDateForms.map(form => form.exec(text)?.groups).find(found => found !== undefined)
  if (groups === undefined) return null
  const { day, month, year, hours, minutes, seconds, offset } = groups
  const monthIndex = monthIndexOf(month ?? '') ?? 0
  if (!isDay(fullYear(year ?? ''), monthIndex + 1, Number(day))) return null
  const localMs = Date.UTC(
    fullYear(year ?? ''),
    monthIndex,
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
  )
  return localMs - offsetMs(offset ?? '+0000')
}

function offsetMs(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3))
  return (offset.startsWith('-') ? -1 : 1) * minutes * 60_000
}

/** Whether the month, 1 to 12, has that day. */
function isDay(year = Number.NaN, month = Number.NaN, day = Number.NaN): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** Two digits are a year from 1970 on: no server's clock shows an earlier one. */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 4) return year
  return year < 70 ? 2000 + year : 1900 + year
}
