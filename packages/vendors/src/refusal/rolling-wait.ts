/**
 * How long until a request fits into a limit that refills continuously: `(used + requested − limit) ·
 * window / limit`, in whole milliseconds rounded up; 0 when it fits now. Null without numbers, and when it
 * can never fit. It equals what Groq and OpenAI say in words.
 */
export function rollingWaitMs(reported: {
  readonly limit: number | null
  readonly used: number | null
  readonly requested: number | null
  readonly windowMs: number
}): number | null {
  const { limit, used, requested, windowMs } = reported
  if (limit === null || used === null || requested === null || limit === 0 || requested > limit) return null
  const missing = BigInt(used) + BigInt(requested) - BigInt(limit)
  if (missing <= 0n) return 0
  const divisor = BigInt(limit)
  const waitMs = (missing * BigInt(windowMs) + divisor - 1n) / divisor
  return waitMs > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(waitMs)
}

/** How long until a limit that refills continuously is completely full: `spent · window / limit`. */
export function rollingResetMs(reported: {
  readonly limit: number
  readonly spent: number
  readonly windowMs: number
}): number | null {
  const { limit, spent, windowMs } = reported
  return rollingWaitMs({ limit, used: spent, requested: limit, windowMs })
}
