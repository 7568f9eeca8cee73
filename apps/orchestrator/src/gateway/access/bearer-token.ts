import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether an Authorization header carries the token. Always so where none is needed. */
export function carriesToken(authorization: string | undefined, token: string | null): boolean {
  if (token === null) return true
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  // Digests in constant time: answering tells neither a token's beginning nor its length.
  return given !== undefined && timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
