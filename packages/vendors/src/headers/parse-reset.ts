import type { Clock } from '../read/clock.js'
import { scaleUp } from '../read/decimal.js'
import { parseHttpDateMs, parseTimestampMs } from '../read/instant.js'
import { believedWaitMs, parseDurationMs } from '../read/wait.js'
import { parseWordedDurationMs } from '../read/worded-wait.js'

/**
 * How a vendor writes the reset of a limit. `duration`: with units, a bare number is unknown; `number`: seconds from
 * now, or an epoch in seconds or milliseconds, distinguished by size; `timestamp`: RFC 3339; `any`: any of these.
 */
export type ResetForm = 'duration' | 'number' | 'timestamp' | 'any'

/** Larger numbers are instants, in seconds or milliseconds. */
export const firstEpochSecond = 1_000_000_000
export const firstEpochMs = 1_000_000_000_000

/** The wait until a reset, in whole milliseconds from the response; 0 if it has passed, null if unknown. */
export function parseResetMs(text: string, form: ResetForm, clock: Clock): number | null {
  switch (form) {
    case 'duration':
      return parseDurationMs(text)
    case 'number':
      return parseNumber(text, clock)
    case 'timestamp':
      return waitUntil(parseTimestampMs(text), clock)
    case 'any':
      return (
        parseDurationMs(text) ??
        parseNumber(text, clock) ??
        // Without a zone it is UTC, as Python's `utcnow().isoformat()` writes it.
        waitUntil(parseTimestampMs(text) ?? parseTimestampMs(`${text}Z`) ?? parseHttpDateMs(text), clock) ??
        parseWordedDurationMs(text)
      )
  }
}

function parseNumber(text: string, clock: Clock): number | null {
  const thousandfold = scaleUp(text, 3)
  if (thousandfold === null) return null
  if (thousandfold > firstEpochMs * 1_000) return waitUntil(scaleUp(text, 0), clock)
  if (thousandfold > firstEpochSecond * 1_000) return waitUntil(thousandfold, clock)
  return believedWaitMs(thousandfold)
}

/** The wait from the vendor's response time until an instant of its clock; 0 if it has passed. */
export function waitUntil(instantMs: number | null, clock: Clock): number | null {
  return instantMs === null ? null : believedWaitMs(Math.max(0, instantMs - clock.vendorMs))
}
