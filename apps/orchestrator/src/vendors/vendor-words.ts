import { errorMessageOf } from '@quotakeeper/vendors'
import type { KeyRedactor } from './redact-key.js'

/** Larger bodies are not error messages. */
const maxReadBytes = 200_000
/** Longest quote, in UTF-16 units. */
const maxQuoted = 300

/**
 * A vendor's error message, safe to quote to a client: one bounded line without control characters and keys. Empty
 * without a message, or for a body that is too large.
 */
export function vendorWords(body: Buffer, redactor: KeyRedactor): string {
  if (body.length > maxReadBytes) return ''
  const line = errorMessageOf(body.toString('utf8'))
    // Separators within a key must not hide it.
    .replaceAll(/[\p{Cf}\p{Cs}]/gu, '')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  const redacted = redactor.redactText(line)
  return redacted.length <= maxQuoted ? redacted : `${redacted.slice(0, maxQuoted).trimEnd()}…`
}
