import { maxHeaderLength, quotaHeaders } from '@quotakeeper/vendors'
import type { CommitInput } from '../api/quota-api.js'

/** The parts of a vendor's answer that are sent to the API. */
export type VendorSignals = NonNullable<CommitInput['signals']>

/** Longest body of a refusal. */
const longestBody = 16_384

/** Extracts the parts of an answer that may report quotas; bodies only of refusals. */
export function vendorSignals(answer: {
  readonly providerName: string
  readonly vendor: string
  readonly httpStatus: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Null unless refused. Keys are redacted. */
  readonly refusal: Buffer | null
  /** Fingerprint of the sent key; null for none. */
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

/** The headers in the vendor's table. Others are never sent, since they may contain cookies and names. */
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
