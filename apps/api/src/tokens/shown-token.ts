import type { KeptToken } from '@quotakeeper/db'
import { isoInstant, type Scope, type TokenState, tokenState } from '@quotakeeper/quota-core'

/** Digits of a shown fingerprint: enough to distinguish tokens, too few to test guesses. */
const shownDigits = 8

/** A token as returned to clients: neither its secret nor its hash. */
export interface ShownToken {
  readonly name: string
  /** Null for none. */
  readonly consumer: string | null
  readonly scopes: readonly Scope[]
  /** ISO-8601; null if it does not expire. */
  readonly expiresAt: string | null
  /** By the clock of the answering server. */
  readonly state: TokenState
  /** ISO-8601, perhaps in the future; null if it is not revoked. */
  readonly revokedAt: string | null
  /** The first digits of the SHA-256 of its secret. */
  readonly fingerprint: string
  readonly managedBy: 'file' | 'api'
  /** ISO-8601. */
  readonly createdAt: string
  /** ISO-8601, to the minute; null if it has not been used. */
  readonly lastUsedAt: string | null
}

export function shownToken(token: KeptToken, nowMs: number): ShownToken {
  const { name, consumer, scopes, managedBy, sha256 } = token
  return {
    name,
    consumer,
    scopes,
    expiresAt: instantOrNull(token.expiresAtMs),
    state: tokenState(token, nowMs),
    revokedAt: instantOrNull(token.revokedAtMs),
    fingerprint: sha256.slice(0, shownDigits),
    managedBy,
    createdAt: isoInstant(token.createdAtMs),
    lastUsedAt: instantOrNull(token.lastUsedAtMs),
  }
}

function instantOrNull(instantMs: number | null): string | null {
  return instantMs === null ? null : isoInstant(instantMs)
}
