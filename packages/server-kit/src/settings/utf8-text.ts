import { isUtf8 } from 'node:buffer'

/**
 * The text of UTF-8 bytes, without the byte-order mark that editors on Windows put first. Null for other bytes: with
 * replacement characters for them, a secret or a name would become another one without a word.
 */
export function utf8Text(bytes: Buffer): string | null {
  if (!isUtf8(bytes)) return null
  const text = bytes.toString('utf8')
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
