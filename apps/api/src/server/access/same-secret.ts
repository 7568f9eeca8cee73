import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares digests in constant time, so that answering tells neither a secret's beginning nor its length. */
export function isSameSecret(given: string | null, secret: string | null): boolean {
  if (given === null || secret === null) return false
  return timingSafeEqual(digest(given), digest(secret))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
