import { type RefusalSignal, usualRemedy } from '@quotakeeper/vendors'
import type { Reason } from '../api/quota-api.js'

/**
 * Why a vendor refuses a key for all calls. Waiting does not help: somebody has to act, and until then retries are
 * useless.
 */
export interface RefusedKey {
  readonly cause: 'bad_credential' | 'billing'
  /** Null if unknown. */
  readonly httpStatus: number | null
  /** The remedy, from the vendor's message; null if only the cause is known. */
  readonly remedy: string | null
  /** ISO-8601: when one call tries the key again, which may be refused too; null if unknown. */
  readonly trialAt: string | null
}

/** From a vendor's answer; null if it does not refuse the key. */
export function refusedKeyOf(refusal: RefusalSignal | null, httpStatus: number): RefusedKey | null {
  const cause = refusal?.kind
  if (cause === 'bad_credential' || cause === 'billing')
    return { cause, httpStatus, remedy: refusal?.remedy ?? null, trialAt: null }
  // Without a reason: it may come from a proxy, but retries do not help then either.
  return httpStatus === 401 ? { cause: 'bad_credential', httpStatus, remedy: null, trialAt: null } : null
}

/** From the API's reasons for skipping it. */
export function refusedKeyIn(reasons: readonly Reason[]): RefusedKey | null {
  for (const { cause, httpStatus, retryAt } of reasons)
    if (cause === 'bad_credential' || cause === 'billing')
      return { cause, httpStatus: httpStatus ?? null, remedy: null, trialAt: retryAt }
  return null
}

/** The remedy of a vendor that wants a key, for a provider that is called without one. Several of them stand in one line: it names its own. */
export function keylessRemedy(subject: string): string {
  return `${subject} is called without a key, and its vendor wants one: set apiKeyEnv in the configuration, or enter a key`
}

/**
 * The text of the refusal with its remedy. Names the key's variable, never its value.
 * @param held.isKeyless whether the provider is called without a key
 */
export function describeRefusedKey(
  { cause, httpStatus, remedy, trialAt }: RefusedKey,
  { keyVariable, isKeyless = false }: { readonly keyVariable?: string | null; readonly isKeyless?: boolean },
): string {
  const refused = `refused by the vendor${httpStatus === null ? '' : ` with HTTP ${httpStatus}`}`
  const trial = trialAt === null ? '' : `. One call tries it again at ${trialAt}`
  if (cause === 'bad_credential' && isKeyless) return `${refused}: ${keylessRemedy('it')}${trial}`
  const key = keyVariable ? ` (the key in ${keyVariable})` : ''
  const place =
    cause === 'bad_credential' && keyVariable
      ? '. A change of .env is used at once, one of the environment after a restart of the gateway'
      : ''
  return `${refused}${key}: ${remedy ?? usualRemedy(cause)}${place}${trial}`
}
