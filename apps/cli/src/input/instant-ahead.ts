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
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text)
  const instantMs = isInstant ? Date.parse(text) : Number.NaN
  if (Number.isNaN(instantMs))
    throw usageFailure(
      `"${text}" is no instant: write it with its offset, such as 2026-11-30T18:00Z, or a time from now, such as 6h`,
    )
  return new Date(instantMs).toISOString()
}
