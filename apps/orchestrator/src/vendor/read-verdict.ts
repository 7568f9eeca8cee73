import { isUnknownModelError, type RefusalSignal, readSignals } from '@quotakeeper/vendors'
import { parseJson } from '../parse-json.js'
import type { VendorResult } from './vendor-client.js'

/** What follows from a vendor's answer. */
export type Verdict =
  /** It goes to the client: an answer, or a fault of the request that any other key would find, too. */
  | { readonly kind: 'final'; readonly isRefusal: boolean }
  /** It doesn't know the model, or not for this key. */
  | { readonly kind: 'unknownModel' }
  /** Another key may do. `retryAtMs` is when it would take the call, as far as the vendor tells; null if not. */
  | { readonly kind: 'refused'; readonly tooLarge: boolean; readonly retryAtMs: number | null }
  /** The vendor failed. `retryAtMs` is when it says to be back; null if it doesn't. */
  | { readonly kind: 'failed'; readonly retryAtMs: number | null }

/** Faults of the request itself, unless the vendor says that they are the key's. */
const requestFaults: ReadonlySet<number> = new Set([400, 411, 414, 415, 422])

/** Judges an answer by what its vendor is known to mean by it. */
export function readVerdict(
  vendor: string,
  { httpStatus, headers, body }: Extract<VendorResult, { kind: 'answered' }>,
  nowMs: number,
): Verdict {
  const parsed = parseJson(body)
  const { refusal, retryAfterMs } = readSignals({
    vendor,
    httpStatus,
    headers,
    body: parsed ?? body.toString('utf8'),
    receivedAtMs: nowMs,
  })
  if (httpStatus >= 200 && httpStatus < 300)
    return refusal === null ? { kind: 'final', isRefusal: false } : refused(refusal, null)
  const toldMs = retryAfterMs === null ? null : nowMs + retryAfterMs
  if (httpStatus < 400 || httpStatus >= 500) return { kind: 'failed', retryAtMs: toldMs }
  if (refusal?.kind === 'unknown_model' || isUnknownModelError(httpStatus, parsed))
    return { kind: 'unknownModel' }
  if (refusal !== null) return refused(refusal, toldMs)
  if (requestFaults.has(httpStatus)) return { kind: 'final', isRefusal: true }
  return {
    kind: 'refused',
    tooLarge: httpStatus === 413,
    retryAtMs: httpStatus === 429 ? toldMs : null,
  }
}

function refused({ kind, untilMs }: RefusalSignal, retryAtMs: number | null): Verdict {
  const tooLarge = kind === 'too_large'
  return { kind: 'refused', tooLarge, retryAtMs: tooLarge ? null : (untilMs ?? retryAtMs) }
}
