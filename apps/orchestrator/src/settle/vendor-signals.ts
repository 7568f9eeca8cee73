import type { CommitInput } from '../api/quota-api.js'

/** What the API is told of a vendor's answer. */
export type VendorSignals = NonNullable<CommitInput['signals']>

/** Headers that may speak of quotas. No others leave: they may hold cookies and names. */
const telling =
  /^(?:x-)?(?:ratelimit|rate-limit|retry-after|anthropic-ratelimit|ms-ratelimit|x-ratelimit)|^date$|^x-should-retry$/i
const mostHeaders = 100
const longestHeader = 1_000
/** Of a refusal's body. */
const longestBody = 16_384

/** What of an answer may speak of its vendor's quotas. The body only of refusals. */
export function vendorSignals(answer: {
  readonly providerName: string
  readonly httpStatus: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Null unless the vendor has refused. Without keys. */
  readonly refusal: Buffer | null
  readonly sentAtMs: number
  readonly receivedAtMs: number
}): VendorSignals {
  const { providerName, httpStatus, refusal, sentAtMs, receivedAtMs } = answer
  return {
    providerName,
    httpStatus,
    headers: tellingHeaders(answer.headers),
    body: refusal?.toString('utf8').slice(0, longestBody),
    sentAt: new Date(sentAtMs).toISOString(),
    receivedAt: new Date(receivedAtMs).toISOString(),
  }
}

function tellingHeaders(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const told: Record<string, string> = {}
  let count = 0
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value.length > longestHeader || !telling.test(name)) continue
    if (++count > mostHeaders) break
    told[name] = value
  }
  return told
}
