import { parseBody } from '../read/parse-body.js'
import { readError } from './error-facts.js'

/**
 * What a vendor's error says to people, with what it quotes of an upstream's: `''` where it says nothing, or
 * answers with a page. As hostile as the vendor: whoever shows it redacts keys and strips controls.
 *
 * @param body parsed, or as text
 */
export function errorMessageOf(body: unknown): string {
  const parsed = parseBody(body)
  if (typeof parsed === 'string' && /^\s*</.test(parsed)) return ''
  const { message, quotedMessage } = readError(parsed)
  return [message, quotedMessage].filter(text => text !== '').join('\n')
}
