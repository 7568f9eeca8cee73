import type { Reason } from '../api/quota-api.js'
import { type RefusedKey, refusedKeyIn } from './refused-key.js'

/**
 * Shortest pause of a key after a refusal, whatever wait the vendor requests: with 0, none or a past instant, one
 * request would call the same key repeatedly.
 */
export const leastWaitMs = 1_000

/** Why one of the keys did not answer a request. */
export type Rejection = { readonly providerName: string } & (
  | {
      readonly kind: 'denied'
      readonly model: string
      readonly reasons: readonly Reason[]
      /** The variable of its key; absent or null if none is needed. */
      readonly keyVariable?: string | null
      /** Whether it is called without a key; absent if unknown. */
      readonly isKeyless?: boolean
      /** As prices name it; absent if unknown. */
      readonly vendor?: string
    }
  /** Refused by the vendor. `retryAtMs` is as stated; null for none. */
  | {
      readonly kind: 'refused'
      readonly model: string
      readonly httpStatus: number
      readonly tooLarge: boolean
      readonly retryAtMs: number | null
      /** The vendor's message; empty for none. */
      readonly words: string
      /** Absent or null if the vendor accepts the key. */
      readonly refusedKey?: RefusedKey | null
      /** The variable of its key; absent or null if none is needed. */
      readonly keyVariable?: string | null
      /** Whether it is called without a key; absent if unknown. */
      readonly isKeyless?: boolean
    }
  /** Failed at the vendor or on the way to it. `retryAtMs` is when the vendor states to return; null for none. */
  | {
      readonly kind: 'failed'
      readonly model: string
      readonly fault: string
      readonly retryAtMs: number | null
      readonly words: string
    }
  | { readonly kind: 'unknownModel'; readonly model: string }
  /** Not callable: its key is not set, its address is unknown, or its vendor lacks the endpoint. */
  | { readonly kind: 'missing'; readonly reason: string; readonly lacksEndpoint?: boolean }
)

/** When the key could take this request; null if unknown. */
function returnAtMs(rejection: Rejection): number | null {
  // The next trial is not a return: the key returns only after somebody acts.
  if (refusedKeyOfRejection(rejection) !== null) return null
  if (rejection.kind === 'refused') return rejection.retryAtMs
  if (rejection.kind !== 'denied' || rejection.reasons.length === 0) return null
  const instants = rejection.reasons.map(({ retryAt }) => (retryAt === null ? null : Date.parse(retryAt)))
  return instants.reduce<number | null>(
    (latest, instant) => (latest === null || instant === null ? null : Math.max(latest, instant)),
    0,
  )
}

/** Why its vendor refuses the key; null if that is not the reason. */
export function refusedKeyOfRejection(rejection: Rejection): RefusedKey | null {
  if (rejection.kind === 'refused') return rejection.refusedKey ?? null
  return rejection.kind === 'denied' ? refusedKeyIn(rejection.reasons) : null
}

/** The rejection with a return of at least {@link leastWaitMs} from now. */
export function withLeastWait(rejection: Rejection, nowMs: number): Rejection {
  if (rejection.kind !== 'refused' || rejection.retryAtMs === null) return rejection
  return { ...rejection, retryAtMs: Math.max(rejection.retryAtMs, nowMs + leastWaitMs) }
}

/** Whether its stated return has passed. */
export function isBack(rejection: Rejection, nowMs: number): boolean {
  return (
    rejection.kind === 'refused' &&
    !rejection.tooLarge &&
    rejection.retryAtMs !== null &&
    nowMs >= rejection.retryAtMs
  )
}

/** The earliest stated return of a failed vendor; null for none. */
export function earliestRecoveryMs(rejections: readonly Rejection[]): number | null {
  const known = rejections.flatMap(rejection =>
    rejection.kind === 'failed' ? (rejection.retryAtMs ?? []) : [],
  )
  return known.length === 0 ? null : Math.min(...known)
}

/** The earliest return; null if none is known. */
export function earliestReturnMs(rejections: readonly Rejection[]): number | null {
  const known = rejections.map(returnAtMs).filter(instant => instant !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** Whether the key does not serve the model. */
export function isUnknownModel(rejection: Rejection): boolean {
  return (
    rejection.kind === 'unknownModel' ||
    (rejection.kind === 'denied' && rejection.reasons.some(({ code }) => code === 'model_not_served'))
  )
}

/** Whether the key has only run out of quota that does not return by itself, such as a trial's credit. */
export function isSpentForGood(rejection: Rejection): boolean {
  return (
    rejection.kind === 'denied' &&
    returnAtMs(rejection) === null &&
    rejection.reasons.length > 0 &&
    rejection.reasons.every(({ code }) => code === 'exhausted')
  )
}

/** Whether a limit on cost denies the call because its price is unknown. */
export function isOfUnknownPrice(rejection: Rejection): rejection is Extract<Rejection, { kind: 'denied' }> {
  return rejection.kind === 'denied' && rejection.reasons.some(({ code }) => code === 'price_unknown')
}

/** Whether the request never fits the key. */
export function isTooLarge(rejection: Rejection): boolean {
  return (
    (rejection.kind === 'refused' && rejection.tooLarge) ||
    (rejection.kind === 'denied' && rejection.reasons.some(({ code }) => code === 'too_large'))
  )
}

/** Whether nothing is served at the address that was called. An unknown model is something else: the vendor names it. */
export function isUnknownAddress(rejection: Rejection): boolean {
  return (
    rejection.kind === 'refused' &&
    (rejection.httpStatus === 404 || rejection.httpStatus === 405) &&
    refusedKeyOfRejection(rejection) === null
  )
}
