import { createHmac } from 'node:crypto'

/** 128 bits: two keys never have the same. */
const shownDigits = 32

/**
 * What tells a key from another without telling the key: the same for the same key within an installation, whose
 * salt nobody else has.
 */
export function keyFingerprint(key: string, salt: string): string {
  return createHmac('sha256', salt).update(key).digest('hex').slice(0, shownDigits)
}
