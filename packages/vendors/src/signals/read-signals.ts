import { headerValues, type ResponseHeaders } from '../headers/header-values.js'
import { readIetfLimits } from '../headers/ietf-rate-limit.js'
import { quotaHeaders } from '../headers/quota-headers.js'
import { readHeaderLimits } from '../headers/read-header-limits.js'
import { readRetryAfterMs } from '../headers/retry-after.js'
import { knownVendor } from '../known-vendors.js'
import { readClock } from '../read/clock.js'
import { parseBody } from '../read/parse-body.js'
import { limitOfRefusal } from '../refusal/body-limit.js'
import { readError } from '../refusal/error-facts.js'
import { errorStatusOf } from '../refusal/error-status.js'
import { readRefusal } from '../refusal/read-refusal.js'
import type { RefusalSignal } from '../refusal/refusal-signal.js'
import { longestWaitOf } from '../refusal/refusal-wait.js'
import { type LimitSignal, scopeOf } from './limit-signal.js'
import { longestResetMs, periodOf } from './signal-window.js'

/** A vendor's response, as far as it may speak of quotas. */
export interface VendorResponse {
  /** A vendor's name; others are read by the names that are in common use. */
  readonly vendor: string
  readonly httpStatus: number
  readonly headers: ResponseHeaders
  /** The parsed body, or its text. Undefined when it was not read. */
  readonly body?: unknown
  /** When the request left, epoch milliseconds; tells whether the vendor's clock agrees with ours. */
  readonly sentAtMs?: number | undefined
  /** When the response came, whole epoch milliseconds. All waits count from here. */
  readonly receivedAtMs: number
}

/** What a response says of quotas. */
export interface VendorSignals {
  /** In the vendor's order; those told by headers first. */
  readonly limits: readonly LimitSignal[]
  /** Null unless the vendor refused the call because of a quota, money, a key or a model. */
  readonly refusal: RefusalSignal | null
  /**
   * The wait that a server asks for at 402, 429, 498, 503 and 529, in whole milliseconds; null otherwise.
   * At a 5xx it is a courtesy to the server, and says nothing of a quota.
   */
  readonly retryAfterMs: number | null
}

const waitingStatuses: ReadonlySet<number> = new Set([402, 429, 498, 503, 529])

/**
 * Reads what a vendor's response says of quotas: limits and what is left of them, and whether and until when
 * it refuses. Counts are whole and not negative, waits whole milliseconds of at most 366 days; what isn't
 * told or is absurd is null. Reads headers in any case, errors inside of a 200 too. Never throws.
 */
export function readSignals(response: VendorResponse): VendorSignals {
  const vendor = knownVendor(response.vendor)
  const body = parseBody(response.body)
  const error = readError(body)
  const httpStatus =
    response.httpStatus < 400 ? (errorStatusOf(body) ?? response.httpStatus) : response.httpStatus
  const names = quotaHeaders(response.vendor)
  const outer = headerValues(response.headers, names)
  const clock = readClock(outer, response)
  // What OpenRouter repeats in the body counts where the response has no such header itself.
  const headers = new Map([...headerValues(error.headers, names), ...outer])
  const scope = scopeOf(vendor.facts.quotaHolder)
  const reported = readHeaderLimits(headers, { groups: vendor.headers, scope }, clock)
  const limits = (reported.length > 0 ? reported : readIetfLimits(headers, scope, clock)).map(believedLimit)
  const retryAfterMs = waitingStatuses.has(httpStatus) ? readRetryAfterMs(headers, clock) : null
  const refusal = readRefusal({ vendor, httpStatus, error, body, limits, retryAfterMs, clock })
  const refused = refusal === null ? undefined : limitOfRefusal(refusal, vendor, clock)
  return {
    limits: refused === undefined ? limits : withLimit(limits, refused),
    refusal,
    retryAfterMs:
      refusal === null || retryAfterMs === null
        ? retryAfterMs
        : Math.min(retryAfterMs, longestWaitOf(refusal.kind)),
  }
}

/** No limit returns later than its window lasts: what says so is a mistake. */
function believedLimit(limit: LimitSignal): LimitSignal {
  const { window, resetMs } = limit
  if (window === null || resetMs === null) return limit
  return { ...limit, resetMs: Math.min(resetMs, longestResetMs(periodOf(window))) }
}

/** The body's numbers are added where the headers don't tell of the same limit. */
function withLimit(limits: readonly LimitSignal[], refused: LimitSignal): readonly LimitSignal[] {
  const reported = limits.some(({ metric, window }) => metric === refused.metric && window === refused.window)
  return reported ? limits : [...limits, refused]
}
