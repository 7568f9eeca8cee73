import { usageFailure } from '../failure.js'

/**
 * A token as it can be sent in a header. Others would fail in `fetch`, whose errors contain them.
 * @param source where it comes from, for the message
 * @throws Failure for other texts, without the text
 */
export function tokenIn(text: string, source: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text
  throw usageFailure(`${source} must contain one token and nothing else`)
}
