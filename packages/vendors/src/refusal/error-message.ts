import { parseBody } from '../read/parse-body.js'
import { readError } from './error-facts.js'

/**
 * The message of a vendor's error, including quoted upstream messages; `''` if there is none or the body is an HTML
 * page. Untrusted: redact keys and strip controls before showing it.
 *
 * @param body parsed or text
 */
export function errorMessageOf(body: unknown): string {
  const parsed = parseBody(body)
  if (typeof parsed === 'string' && /^\s*</.test(parsed)) return ''
  const { message, quotedMessage } = readError(parsed)
  return [message, quotedMessage].filter(text => text !== '').join('\n')
}
