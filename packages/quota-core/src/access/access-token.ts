import type { Scope } from './scope.js'

/** What a token grants its bearer. */
export interface TokenGrant {
  /** Unique among the tokens that are not revoked. */
  readonly name: string
  /** The consumer whose token it is, with all its descendants; null for everything within its scopes. */
  readonly consumer: string | null
  readonly scopes: readonly Scope[]
}

/** When a token ends, in epoch milliseconds. */
export interface TokenEnd {
  /** Null if it does not expire. */
  readonly expiresAtMs: number | null
  /** May be in the future; null if it is not revoked. */
  readonly revokedAtMs: number | null
}

/** A token, without its secret. */
export interface AccessToken extends TokenGrant, TokenEnd {}

export type TokenState = 'valid' | 'expired' | 'revoked'

/** The state of a token. It is no longer valid at the very instant of its end. */
export function tokenState({ expiresAtMs, revokedAtMs }: TokenEnd, nowMs: number): TokenState {
  if (revokedAtMs !== null && nowMs >= revokedAtMs) return 'revoked'
  return expiresAtMs !== null && nowMs >= expiresAtMs ? 'expired' : 'valid'
}

/** The instant from which a token is not valid; null if it does not end. */
export function validUntilMs({ expiresAtMs, revokedAtMs }: TokenEnd): number | null {
  if (expiresAtMs === null || revokedAtMs === null) return expiresAtMs ?? revokedAtMs
  return Math.min(expiresAtMs, revokedAtMs)
}
