import { parseBody } from '../read/parse-body.js'
import { readError } from './error-facts.js'

/**
 * The message of a vendor's error, including quoted upstream messages, without HTML pages; `''` if there is none.
 * Untrusted: redact keys and strip controls before showing it.
 *
 * @param body parsed or text
 */
export function errorMessageOf(body: unknown): string {
  const { ownMessage, quotedMessage } = readError(parseBody(body))
  return [ownMessage, quotedMessage].filter(text => text !== '').join('\n')
}
