import { createHash, timingSafeEqual } from 'node:crypto'

/** Value of `WWW-Authenticate` with every 401. */
export const challenge = 'Bearer realm="quotakeeper"'

/** The token of an Authorization header; null for none. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}

/**
 * Whether both are there and the same. Compares digests in constant time, so that answering tells neither a secret's
 * beginning nor its length.
 */
export function isSameSecret(given: string | null, secret: string | null): boolean {
  if (given === null || secret === null) return false
  return timingSafeEqual(digest(given), digest(secret))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
