/** An instant as people and JSON read it: ISO-8601 in UTC with milliseconds. */
export function isoInstant(instantMs: number): string {
  return new Date(instantMs).toISOString()
}

/** The same, where null means that there is no such instant. */
export function isoInstantOrNull(instantMs: number | null): string | null {
  return instantMs === null ? null : isoInstant(instantMs)
}
