import { createHash, timingSafeEqual } from 'node:crypto'

/** Value of `WWW-Authenticate` in every 401. */
export const challenge = 'Bearer realm="quotakeeper"'

/** The token of an Authorization header; null for none. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}

/**
 * Whether both are set and equal. Compares digests in constant time, so that the response time reveals neither a prefix
 * nor the length of the secret.
 */
export function isSameSecret(given: string | null, secret: string | null): boolean {
  if (given === null || secret === null) return false
  return timingSafeEqual(digest(given), digest(secret))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
