import type { Clock } from '../read/clock.js'
import { scaleUp } from '../read/decimal.js'
import { parseHttpDateMs } from '../read/instant.js'
import { believedWaitMs, parseDurationMs, parseSecondsMs } from '../read/wait.js'
import type { HeaderValues } from './header-values.js'
import { parseResetMs } from './parse-reset.js'

/**
 * The requested wait in whole milliseconds, rounded up; null if absent or not a wait. `retry-after-ms` is more exact
 * and takes precedence over `retry-after`, which is in seconds (decimals occur) or an HTTP date, counted from the
 * `Date` of the same response. Callers must use it at 402, 429 and 503 only: one vendor sends it with every success.
 * Source: RFC 9110, 10.2.3; https://learn.microsoft.com/azure/ai-services/openai/quotas-limits
 */
export function readRetryAfterMs(headers: HeaderValues, clock: Clock): number | null {
  const exactMs = scaleUp(headers.get('retry-after-ms') ?? '', 0)
  const believed = exactMs === null ? null : believedWaitMs(exactMs)
  return believed ?? parseRetryAfterMs(headers.get('retry-after') ?? '', clock)
}

function parseRetryAfterMs(text: string, clock: Clock): number | null {
  const dateMs = parseHttpDateMs(text)
  if (dateMs !== null) return believedWaitMs(Math.max(0, dateMs - clock.dateMs))
  // Several lines, as of a vendor and a proxy, arrive as one list: the longest holds.
  const waitsMs = text.split(',').map(part => parseOneMs(part.trim(), clock))
  return waitsMs.includes(null) ? null : Math.max(...waitsMs.map(waitMs => waitMs ?? 0))
}

/** Other forms occur: an epoch, a timestamp, `2 minutes`. */
function parseOneMs(text: string, clock: Clock): number | null {
  return parseSecondsMs(text) ?? parseDurationMs(text) ?? parseResetMs(text, 'any', clock)
}
