import { errorMessageOf } from '@quotakeeper/vendors'
import type { KeyRedactor } from './redact-key.js'

/** A larger body is no complaint. */
const maxReadBytes = 200_000
/** Of what is quoted, in UTF-16 units. */
const maxQuoted = 300

/**
 * What a vendor's complaint says, fit to be quoted to a client: one bounded line without control characters and
 * without keys. Empty where it says nothing, or more than a complaint does.
 */
export function vendorWords(body: Buffer, redactor: KeyRedactor): string {
  if (body.length > maxReadBytes) return ''
  const line = errorMessageOf(body.toString('utf8'))
    // What tears a key apart must not hide it.
    .replaceAll(/[\p{Cf}\p{Cs}]/gu, '')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  const redacted = redactor.redactText(line)
  return redacted.length <= maxQuoted ? redacted : `${redacted.slice(0, maxQuoted).trimEnd()}…`
}
