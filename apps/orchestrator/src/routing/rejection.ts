import type { Reason } from '../api/quota-api.js'
import { type RefusedKey, refusedKeyIn } from './refused-key.js'

/**
 * No key is called again sooner than this after its vendor has refused it, whatever wait the vendor asks for:
 * 0, none, or an instant that has passed would have one request call the same key again and again.
 */
export const leastWaitMs = 1_000

/** Why a request was not answered by one of the keys. */
export type Rejection = { readonly providerName: string } & (
  | {
      readonly kind: 'denied'
      readonly model: string
      readonly reasons: readonly Reason[]
      /** The variable that holds its key; left out or null where none is needed. */
      readonly keyVariable?: string | null
    }
  /** By the vendor. `retryAtMs` is its own word; null without one. */
  | {
      readonly kind: 'refused'
      readonly model: string
      readonly httpStatus: number
      readonly tooLarge: boolean
      readonly retryAtMs: number | null
      /** What it said; empty without words. */
      readonly words: string
      /** Left out or null where the vendor takes the key. */
      readonly refusedKey?: RefusedKey | null
      /** The variable that holds its key; left out or null where none is needed. */
      readonly keyVariable?: string | null
    }
  /** By the vendor, or on the way to it. `retryAtMs` is when the vendor says to be back; null without a word. */
  | {
      readonly kind: 'failed'
      readonly model: string
      readonly fault: string
      readonly retryAtMs: number | null
      readonly words: string
    }
  | { readonly kind: 'unknownModel'; readonly model: string }
  /** It cannot be called: its key is not set, its address is unknown, or its vendor does not have the endpoint. */
  | { readonly kind: 'missing'; readonly reason: string; readonly lacksEndpoint?: boolean }
)

/** When the key would take this very request; null when no such instant is known. */
function returnAtMs(rejection: Rejection): number | null {
  // When its next trial is due is no return: it comes of what somebody does.
  if (refusedKeyOfRejection(rejection) !== null) return null
  if (rejection.kind === 'refused') return rejection.retryAtMs
  if (rejection.kind !== 'denied' || rejection.reasons.length === 0) return null
  const instants = rejection.reasons.map(({ retryAt }) => (retryAt === null ? null : Date.parse(retryAt)))
  return instants.reduce<number | null>(
    (latest, instant) => (latest === null || instant === null ? null : Math.max(latest, instant)),
    0,
  )
}

/** Why its vendor does not take the key; null where that is not the obstacle. */
export function refusedKeyOfRejection(rejection: Rejection): RefusedKey | null {
  if (rejection.kind === 'refused') return rejection.refusedKey ?? null
  return rejection.kind === 'denied' ? refusedKeyIn(rejection.reasons) : null
}

/** The rejection with its return at least {@link leastWaitMs} away. */
export function withLeastWait(rejection: Rejection, nowMs: number): Rejection {
  if (rejection.kind !== 'refused' || rejection.retryAtMs === null) return rejection
  return { ...rejection, retryAtMs: Math.max(rejection.retryAtMs, nowMs + leastWaitMs) }
}

/** Whether its vendor has said to try again by now. */
export function isBack(rejection: Rejection, nowMs: number): boolean {
  return (
    rejection.kind === 'refused' &&
    !rejection.tooLarge &&
    rejection.retryAtMs !== null &&
    nowMs >= rejection.retryAtMs
  )
}

/** The earliest instant at which a vendor that failed says to be back; null when none says so. */
export function earliestRecoveryMs(rejections: readonly Rejection[]): number | null {
  const known = rejections.flatMap(rejection =>
    rejection.kind === 'failed' ? (rejection.retryAtMs ?? []) : [],
  )
  return known.length === 0 ? null : Math.min(...known)
}

/** The earliest return of any; null when none is known. */
export function earliestReturnMs(rejections: readonly Rejection[]): number | null {
  const known = rejections.map(returnAtMs).filter(instant => instant !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** Whether the key serves no such model. */
export function isUnknownModel(rejection: Rejection): boolean {
  return (
    rejection.kind === 'unknownModel' ||
    (rejection.kind === 'denied' && rejection.reasons.some(({ code }) => code === 'model_not_served'))
  )
}

/** Whether the key could never take a request of this size. */
export function isTooLarge(rejection: Rejection): boolean {
  return (
    (rejection.kind === 'refused' && rejection.tooLarge) ||
    (rejection.kind === 'denied' && rejection.reasons.some(({ code }) => code === 'too_large'))
  )
}
