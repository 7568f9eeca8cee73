import { type VendorSignals, vendorSignals } from '../../settlement/vendor-signals.js'
import type { RouteDeps } from '../route-deps.js'
import type { RoutedRequest } from '../routed-request.js'
import type { Attempt } from './attempt.js'

/** What of an answer is reported to the API. */
export interface ReportedAnswer {
  /** As it came, or what the answer stands for. */
  readonly httpStatus: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Null for an answer, which says nothing of quotas. */
  readonly complaint: Buffer | null
  /** When the request left, epoch milliseconds. */
  readonly sentAtMs: number
}

/**
 * What an answer may say of quotas, for the API, without keys that it may quote; null where its status is none of
 * HTTP's, at which nothing of it is to be believed, and where its vendor counts the call apart from all else.
 */
export function signalsOf(
  deps: RouteDeps,
  { asked }: RoutedRequest,
  { candidate }: Attempt,
  { httpStatus, headers, complaint, sentAtMs }: ReportedAnswer,
): VendorSignals | null {
  if (httpStatus < 100 || httpStatus > 599 || asked.isCountedApart === true) return null
  const redactor = deps.heldKeys.redactor()
  const reported = vendorSignals({
    providerName: candidate.provider.name,
    vendor: candidate.provider.vendor,
    httpStatus,
    headers,
    refusal: complaint === null ? null : redactor.redactComplaint(complaint),
    keyFingerprint: candidate.provider.keyFingerprint,
    sentAtMs,
    receivedAtMs: deps.clock(),
  })
  const clean = Object.entries(reported.headers).map(([name, value]) => [name, redactor.redactText(value)])
  return { ...reported, headers: Object.fromEntries(clean) }
}
