const timestampForm = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/
const monthName = '(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const time = String.raw`(?<hours>\d{2}):(?<minutes>\d{2}):(?<seconds>\d{2})`
const httpDateForms: readonly RegExp[] = [
  String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}, (?<day>\d{2})[ -]${monthName}[ -](?<year>\d{4}|\d{2}) ${time} GMT$`,
  String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${monthName} (?<day>[ \d]\d) ${time} (?<year>\d{4})$`,
].map(form => new RegExp(form))
const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'

/**
 * An RFC 3339 timestamp as epoch milliseconds; null for anything else. `Date.parse` alone would read `-5` as the year
 * 2001 and `120` as the year 120.
 */
export function parseTimestampMs(text: string): number | null {
  if (!timestampForm.test(text)) return null
  const instantMs = Date.parse(text.replace(' ', 'T').toUpperCase())
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
  const { day, month, year, hours, minutes, seconds } = groups
  const monthIndex = months.indexOf(month ?? '') / 3
  return Date.UTC(
    fullYear(year ?? ''),
    monthIndex,
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
  )
}

/** Two digits are a year from 1970 on: no server's clock shows an earlier one. */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 4) return year
  return year < 70 ? 2000 + year : 1900 + year
}
