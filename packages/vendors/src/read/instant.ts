const timestampForm = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/
const httpDateForm =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/
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
 * An HTTP date (`Wed, 25 Nov 2026 12:00:30 GMT`) as epoch milliseconds; null for anything else.
 * Source: RFC 9110, 5.6.7
 */
export function parseHttpDateMs(text: string): number | null {
  const match = httpDateForm.exec(text)
  if (match === null) return null
  const [, day, month, year, hours, minutes, seconds] = match
  const monthIndex = months.indexOf(month ?? '') / 3
  return Date.UTC(Number(year), monthIndex, Number(day), Number(hours), Number(minutes), Number(seconds))
}
