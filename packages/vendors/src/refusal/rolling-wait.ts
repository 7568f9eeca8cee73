/**
 * How long until a request fits into a limit that refills continuously: `(used + requested − limit) · window / limit`,
 * in whole milliseconds rounded up; 0 if it fits now. Null without numbers, and if it can never fit. Equals the wait in
 * Groq's and OpenAI's messages.
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

/** Time until a continuously refilling limit is full: `spent · window / limit`. */
export function rollingResetMs(reported: {
  readonly limit: number
  readonly spent: number
  readonly windowMs: number
}): number | null {
  const { limit, spent, windowMs } = reported
  return rollingWaitMs({ limit, used: spent, requested: limit, windowMs })
}
