import { isUnknownModelError, type RefusalSignal, readSignals } from '@quotakeeper/vendors'
import { parseJson } from '../parse-json.js'
import { type RefusedKey, refusedKeyOf } from '../routing/refused-key.js'

/** The classification of a vendor's error. */
export type Classification =
  /** An error of the request itself, passed to the client, since other keys would refuse it too. */
  | { readonly kind: 'requestFault' }
  /** The vendor does not know the model, or not for this key. */
  | { readonly kind: 'unknownModel' }
  /** Refused; another key may succeed. `retryAtMs` is the stated return; null for none. */
  | {
      readonly kind: 'refused'
      readonly tooLarge: boolean
      readonly retryAtMs: number | null
      /** Null if the vendor accepts the key. */
      readonly refusedKey: RefusedKey | null
    }
  /** The vendor failed. `retryAtMs` is its stated return; null for none. */
  | { readonly kind: 'failed'; readonly retryAtMs: number | null }

/** Statuses of request errors, unless the vendor attributes them to the key. */
const requestFaults: ReadonlySet<number> = new Set([400, 411, 414, 415, 422])

/** Classifies a vendor's error by its known meaning. */
export function readClassification(
  vendor: string,
  complaint: {
    /** As received, or as the error means. */
    readonly httpStatus: number
    readonly headers: Readonly<Record<string, string | undefined>>
    readonly body: Buffer
  },
  nowMs: number,
): Classification {
  const { httpStatus, headers, body } = complaint
  const parsed = parseJson(body)
  const { refusal, retryAfterMs } = readSignals({
    vendor,
    httpStatus,
    headers,
    body: parsed ?? body.toString('utf8'),
    receivedAtMs: nowMs,
  })
  const reportedMs = retryAfterMs === null ? null : nowMs + retryAfterMs
  if (refusal?.kind === 'unknown_model' || isUnknownModelError(httpStatus, parsed))
    return { kind: 'unknownModel' }
  if (refusal !== null) return refused(refusal, httpStatus, reportedMs)
  if (httpStatus < 400 || httpStatus >= 500) return { kind: 'failed', retryAtMs: reportedMs }
  if (requestFaults.has(httpStatus)) return { kind: 'requestFault' }
  return {
    kind: 'refused',
    tooLarge: httpStatus === 413,
    retryAtMs: httpStatus === 429 ? reportedMs : null,
    refusedKey: refusedKeyOf(null, httpStatus),
  }
}

function refused(refusal: RefusalSignal, httpStatus: number, retryAtMs: number | null): Classification {
  const { kind, untilMs } = refusal
  const tooLarge = kind === 'too_large'
  const refusedKey = refusedKeyOf(refusal, httpStatus)
  const returns = !tooLarge && refusedKey === null
  return { kind: 'refused', tooLarge, retryAtMs: returns ? (untilMs ?? retryAtMs) : null, refusedKey }
}
