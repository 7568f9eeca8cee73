import { waitUntil } from '../headers/parse-reset.js'
import { parseCount } from '../headers/read-header-limits.js'
import type { Clock } from '../read/clock.js'
import { parseTimestampMs } from '../read/instant.js'
import { at, elements, property, textOf } from '../read/json.js'
import { parseDurationMs } from '../read/wait.js'
import type { SignalMetric } from '../signals/limit-signal.js'
import type { Period } from '../signals/signal-window.js'
import { noQuotaFacts, type QuotaFacts } from './quota-facts.js'

const periodForms: readonly (readonly [RegExp, Period])[] = [
  [/Per ?Month/i, 'month'],
  [/Per ?Day/i, 'day'],
  [/Per ?Hour/i, 'hour'],
  [/Per ?Minute/i, 'minute'],
]
const metricForms: readonly (readonly [RegExp, SignalMetric])[] = [
  [/InputTokens|input_token/i, 'inputTokens'],
  [/Tokens|token/i, 'tokens'],
  [/Requests|requests/i, 'requests'],
]

/**
 * Reads Google's structured error details: `QuotaFailure.violations`, `RetryInfo.retryDelay` and `ErrorInfo.metadata`.
 * Of several violations the longest period counts, since the others end before it. A quota of 0 counts as per day,
 * whatever its period: such a model is never free. Source:
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
 */
export function readGoogleDetails(details: readonly unknown[], clock: Clock): QuotaFacts {
  const violations = details
    .flatMap(detail => elements(property(detail, 'violations'), 50))
    .map(readViolation)
  const ranks: readonly (Period | null)[] = ['month', 'day', 'hour', 'minute', null]
  const worst = ranks.flatMap(period => violations.filter(violation => violation.period === period))[0]
  const returnMs = longest(details.map(detail => resetMs(detail, clock)))
  const delayMs = longest(
    details.map(detail => parseDurationMs(textOf(property(detail, 'retryDelay')) ?? '')),
  )
  return { ...noQuotaFacts, ...worst, waitMs: longest([delayMs, returnMs]), returnMs }
}

function readViolation(violation: unknown): Pick<QuotaFacts, 'metric' | 'period' | 'limit' | 'model'> {
  // Older services have only a description.
  const name = ['quotaId', 'quotaMetric', 'description']
    .map(field => textOf(property(violation, field)) ?? '')
    .join(' ')
  const value = property(violation, 'quotaValue')
  const limit = parseCount(typeof value === 'number' ? String(value) : (textOf(value) ?? undefined))
  return {
    metric: metricForms.find(([form]) => form.test(name))?.[1] ?? null,
    period: limit === 0 ? 'day' : (periodForms.find(([form]) => form.test(name))?.[1] ?? null),
    limit,
    model: textOf(at(violation, 'quotaDimensions', 'model')),
  }
}

/** `ErrorInfo.metadata` states the reset itself; `retryDelay` only requests a pause. */
function resetMs(detail: unknown, clock: Clock): number | null {
  const delay = textOf(at(detail, 'metadata', 'quotaResetDelay'))
  const stamp = textOf(at(detail, 'metadata', 'quotaResetTimeStamp'))
  return parseDurationMs(delay ?? '') ?? waitUntil(parseTimestampMs(stamp ?? ''), clock)
}

function longest(waitsMs: readonly (number | null)[]): number | null {
  return waitsMs.reduce((most, waitMs) => (waitMs === null ? most : Math.max(most ?? 0, waitMs)), null)
}
