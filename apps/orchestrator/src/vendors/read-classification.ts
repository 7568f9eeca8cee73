import { isUnknownModelError, type RefusalSignal, readSignals } from '@quotakeeper/vendors'
import { parseJson } from '../parse-json.js'
import { type RefusedKey, refusedKeyOf } from '../routing/refused-key.js'

/** What follows from what a vendor has said in place of an answer. */
export type Classification =
  /** It goes to the client: a fault of the request that any other key would find, too. */
  | { readonly kind: 'requestFault' }
  /** It doesn't know the model, or not for this key. */
  | { readonly kind: 'unknownModel' }
  /** Another key may do. `retryAtMs` is when it would take the call, as far as the vendor tells; null if not. */
  | {
      readonly kind: 'refused'
      readonly tooLarge: boolean
      readonly retryAtMs: number | null
      /** Null where the vendor takes the key. */
      readonly refusedKey: RefusedKey | null
    }
  /** The vendor failed. `retryAtMs` is when it says to be back; null if it doesn't. */
  | { readonly kind: 'failed'; readonly retryAtMs: number | null }

/** Faults of the request itself, unless the vendor says that they are the key's. */
const requestFaults: ReadonlySet<number> = new Set([400, 411, 414, 415, 422])

/** Judges a complaint by what its vendor is known to mean by it. */
export function readClassification(
  vendor: string,
  complaint: {
    /** As it came, or what the complaint stands for. */
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
