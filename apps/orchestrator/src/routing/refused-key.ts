import { type RefusalSignal, usualRemedy } from '@quotakeeper/vendors'
import type { Reason } from '../api/quota-api.js'

/**
 * Why a vendor does not take a key, whatever is asked with it. Nothing of that ends by waiting: somebody has to do
 * something, and until then a client's retries are in vain.
 */
export interface RefusedKey {
  readonly cause: 'bad_credential' | 'billing'
  /** Null where it is not known. */
  readonly httpStatus: number | null
  /** What is to be done, as the vendor's words tell; null where no more is known than the cause. */
  readonly remedy: string | null
}

/** By what the vendor has just answered; null where the key is not what it refuses. */
export function refusedKeyOf(refusal: RefusalSignal | null, httpStatus: number): RefusedKey | null {
  const cause = refusal?.kind
  if (cause === 'bad_credential' || cause === 'billing')
    return { cause, httpStatus, remedy: refusal?.remedy ?? null }
  // Without a word of why: it may be a proxy's, but a client's retries do not help with that either.
  return httpStatus === 401 ? { cause: 'bad_credential', httpStatus, remedy: null } : null
}

/** By the reasons for which the API does not let it be called. */
export function refusedKeyIn(reasons: readonly Reason[]): RefusedKey | null {
  for (const { cause, httpStatus } of reasons)
    if (cause === 'bad_credential' || cause === 'billing')
      return { cause, httpStatus: httpStatus ?? null, remedy: null }
  return null
}

/** What is wrong with the key, and what to do. Names its variable, never what is in it. */
export function describeRefusedKey(
  { cause, httpStatus, remedy }: RefusedKey,
  keyVariable: string | null | undefined,
): string {
  const refused = `refused by the vendor${httpStatus === null ? '' : ` with HTTP ${httpStatus}`}`
  const key = keyVariable ? ` (the key in ${keyVariable})` : ''
  const restart = cause === 'bad_credential' ? ', then restart the gateway' : ''
  return `${refused}${key}: ${remedy ?? usualRemedy(cause)}${restart}`
}
