import { headerValues, type ResponseHeaders } from '../headers/header-values.js'
import { readIetfLimits, separateIetfFields } from '../headers/ietf-rate-limit.js'
import { quotaHeaders } from '../headers/quota-headers.js'
import { readHeaderLimits, readLoneResetMs } from '../headers/read-header-limits.js'
import { readRetryAfterMs } from '../headers/retry-after.js'
import { readSpentWindow } from '../headers/spent-window.js'
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

/** The parts of a vendor's response that may report quotas. */
export interface VendorResponse {
  /** A vendor's name; unknown ones are read by common header names. */
  readonly vendor: string
  readonly httpStatus: number
  readonly headers: ResponseHeaders
  /** The body, parsed or text; undefined if it was not read. */
  readonly body?: unknown
  /** When the request was sent, epoch milliseconds; used to compare the vendor's clock with ours. */
  readonly sentAtMs?: number | undefined
  /** When the response arrived, whole epoch milliseconds. All waits count from here. */
  readonly receivedAtMs: number
}

/** The quotas reported in a response. */
export interface VendorSignals {
  /** In the vendor's order; those from headers first. */
  readonly limits: readonly LimitSignal[]
  /** Null unless the vendor refused the call for a quota, money, a key or a model. */
  readonly refusal: RefusalSignal | null
  /**
   * The wait requested at 402, 429, 498, 503 and 529, in whole milliseconds; null otherwise. At a 5xx it does not
   * report a quota.
   */
  readonly retryAfterMs: number | null
}

const waitingStatuses: ReadonlySet<number> = new Set([402, 429, 498, 503, 529])

/**
 * Reads the quotas in a vendor's response: limits and remaining units, and a refusal with its end. Counts are
 * non-negative integers, waits whole milliseconds of at most 366 days; missing and absurd values are null. Header names
 * may have any case; errors within a 200 are read too. Never throws.
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
  // Headers repeated in OpenRouter's body count if the response itself lacks them.
  const headers = new Map([...headerValues(error.headers, names), ...outer])
  const scope = scopeOf(vendor.facts.quotaHolder)
  const reported = readHeaderLimits(headers, { groups: vendor.headers, scope }, clock)
  const limits = (reported.length > 0 ? reported : readIetfLimits(headers, scope, clock)).map(believedLimit)
  const retryAfterMs = waitingStatuses.has(httpStatus) ? readRetryAfterMs(headers, clock) : null
  const spent = readSpentWindow(headers, vendor.spentWindows ?? [], clock)
  const loneResetMs = readLoneResetMs(headers, [...vendor.headers, separateIetfFields], clock)
  const waits = { limits, retryAfterMs, spent, loneResetMs }
  const refusal = readRefusal({ vendor, httpStatus, error, body, clock, ...waits })
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

/** Corrects a reset beyond the limit's window, which is a mistake. */
function believedLimit(limit: LimitSignal): LimitSignal {
  const { window, resetMs } = limit
  if (window === null || resetMs === null) return limit
  return { ...limit, resetMs: Math.min(resetMs, longestResetMs(periodOf(window))) }
}

/** Adds the limit in the body unless the headers report the same one. */
function withLimit(limits: readonly LimitSignal[], refused: LimitSignal): readonly LimitSignal[] {
  const reported = limits.some(({ metric, window }) => metric === refused.metric && window === refused.window)
  return reported ? limits : [...limits, refused]
}
