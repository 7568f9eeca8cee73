import { usageFailure } from '../failure.js'

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * An instant as ISO-8601 in UTC: `2026-11-30T18:00Z` with its offset, or after a time from now: `90m`, `6h`, `3d`.
 * @throws Failure for other texts
 */
export function instantAhead(text: string, nowMs: number): string {
  const length = /^([1-9]\d{0,5})([mhd])$/.exec(text)
  if (length !== null)
    return new Date(nowMs + Number(length[1]) * (unitMs[length[2] ?? ''] ?? 0)).toISOString()
  const [, day = ''] =
    /^(\d{4}-\d{2}-\d{2})T(?!24)\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.exec(text) ?? []
  const instantMs = isDay(day) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(instantMs))
    throw usageFailure(
      `"${text}" is no instant: write it with its offset, such as 2026-11-30T18:00Z, or a time from now, such as 6h`,
    )
  return new Date(instantMs).toISOString()
}

/** Whether the calendar has this day: 30 February would be read as 2 March. */
function isDay(text: string): boolean {
  const startMs = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(startMs) && new Date(startMs).toISOString().startsWith(text)
}
