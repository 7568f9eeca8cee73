import { isUnknownModelError } from '@quotakeeper/vendors'
import { parseJson } from '../parse-json.js'
import { retryAfterMs } from './retry-after.js'
import type { VendorResult } from './vendor-client.js'

/** What follows from a vendor's answer. */
export type Verdict =
  /** It goes to the client: an answer, or a fault of the request that any other key would find, too. */
  | { readonly kind: 'final'; readonly isRefusal: boolean }
  /** It doesn't know the model, or not for this key. */
  | { readonly kind: 'unknownModel' }
  /** Another key may do. `retryAfterMs` is a hint of the vendor's; null without one. */
  | { readonly kind: 'refused'; readonly tooLarge: boolean; readonly retryAfterMs: number | null }
  /** The vendor failed. */
  | { readonly kind: 'failed' }

/** Faults of the request itself. */
const requestFaults: ReadonlySet<number> = new Set([400, 411, 414, 415, 422])

/** Judges an answer by its status, and by its body where vendors hide an unknown model. */
export function readVerdict(
  { httpStatus, headers, body }: Extract<VendorResult, { kind: 'answered' }>,
  nowMs: number,
): Verdict {
  if (httpStatus >= 200 && httpStatus < 300) return { kind: 'final', isRefusal: false }
  if (httpStatus < 400 || httpStatus >= 500) return { kind: 'failed' }
  if (isUnknownModelError(httpStatus, parseJson(body))) return { kind: 'unknownModel' }
  if (requestFaults.has(httpStatus)) return { kind: 'final', isRefusal: true }
  const isWait = httpStatus === 429
  return {
    kind: 'refused',
    tooLarge: httpStatus === 413,
    retryAfterMs: isWait ? retryAfterMs(headers['retry-after'], nowMs) : null,
  }
}
