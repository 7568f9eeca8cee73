/** End of the year 9999: what lies beyond is told as this. Later years would not sort as texts. */
export const farthestMs: number = Date.UTC(9_999, 11, 31, 23, 59, 59, 999)

/** An instant as people and JSON read it: ISO-8601 in UTC with milliseconds. */
export function isoInstant(instantMs: number): string {
  return new Date(instantMs).toISOString()
}

/** The same, where null means that there is no such instant. */
export function isoInstantOrNull(instantMs: number | null): string | null {
  return instantMs === null ? null : isoInstant(instantMs)
}
