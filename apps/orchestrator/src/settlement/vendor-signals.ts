import { maxHeaderLength, quotaHeaders } from '@quotakeeper/vendors'
import type { CommitInput } from '../api/quota-api.js'

/** What the API is told of a vendor's answer. */
export type VendorSignals = NonNullable<CommitInput['signals']>

/** Of a refusal's body. */
const longestBody = 16_384

/** What of an answer may speak of its vendor's quotas. The body only of refusals. */
export function vendorSignals(answer: {
  readonly providerName: string
  readonly vendor: string
  readonly httpStatus: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Null unless the vendor has refused. Without keys. */
  readonly refusal: Buffer | null
  /** Of the key that was sent; null where it has none. */
  readonly keyFingerprint: string | null
  readonly sentAtMs: number
  readonly receivedAtMs: number
}): VendorSignals {
  const { providerName, vendor, httpStatus, refusal, keyFingerprint, sentAtMs, receivedAtMs } = answer
  return {
    providerName,
    httpStatus,
    headers: headersOf(vendor, answer.headers),
    body: refusal?.toString('utf8').slice(0, longestBody),
    sentAt: new Date(sentAtMs).toISOString(),
    receivedAt: new Date(receivedAtMs).toISOString(),
    ...(keyFingerprint === null ? {} : { keyFingerprint }),
  }
}

/** Those that its vendor's table names. No others leave: they may hold cookies and names. */
function headersOf(
  vendor: string,
  headers: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const reported: Record<string, string> = {}
  for (const name of quotaHeaders(vendor)) {
    const value = headers[name]
    if (value !== undefined && value.length <= maxHeaderLength) reported[name] = value
  }
  return reported
}
