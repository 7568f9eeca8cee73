import { createHmac } from 'node:crypto'

/** 128 bits, so that collisions are practically impossible. */
const shownDigits = 32

/**
 * A fingerprint that distinguishes keys without revealing them; stable within an installation, which has a private
 * salt.
 */
export function keyFingerprint(key: string, salt: string): string {
  return createHmac('sha256', salt).update(key).digest('hex').slice(0, shownDigits)
}
