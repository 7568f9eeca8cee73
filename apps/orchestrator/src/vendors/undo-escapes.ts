/** A text with unescaped characters. */
export interface Unescaped {
  readonly bytes: Buffer
  /** Start and end of each byte in the original; null for the original itself. */
  readonly sources: Uint32Array | null
}

/**
 * One escape: any number of backslashes, since JSON may be nested; URLs; HTML. Also invisible separators: line breaks
 * and zero-width characters (as UTF-8 bytes). A run of backslashes is matched only from its first one; otherwise a long
 * run takes quadratic time.
 */
const escapeForm =
  /(\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf|\xc2\xad|(?<!\\)\\+u(?:200[b-fB-F]|2060|[fF][eE][fF][fF]|00[aA][dD]))|(?<!\\)\\+(?:u00([0-9a-fA-F]{2})|x([0-9a-fA-F]{2})|u[0-9a-fA-F]{4}|([^\\]))|%([0-7][0-9a-fA-F])|&#0{0,6}(\d{1,3});|&#[xX]0{0,6}([0-9a-fA-F]{1,2});|(&amp;)|[\r\n]+/g

/**
 * Decodes one layer of escapes of printable ASCII (JSON, URLs, HTML) and joins broken lines. Escapes of other
 * characters stay, or become something that no key contains.
 *
 * @returns null without escapes
 */
export function undoEscapes({ bytes, sources }: Unescaped): Unescaped | null {
  const text = bytes.toString('latin1')
  const pieces: string[] = []
  const undone = new Uint32Array(text.length + 1)
  const sourceOf = (index: number): number => (sources === null ? index : (sources[index] ?? 0))
  let length = 0
  let position = 0
  const copy = (until: number): void => {
    pieces.push(text.slice(position, until))
    for (; position < until; position++) undone[length++] = sourceOf(position)
  }
  for (const match of text.matchAll(escapeForm)) {
    const letter = letterOf(match)
    copy(match.index)
    if (letter !== '') {
      pieces.push(letter)
      undone[length++] = sourceOf(position)
    }
    position = match.index + match[0].length
  }
  if (position === 0 && pieces.length === 0) return null
  copy(text.length)
  undone[length] = sourceOf(text.length)
  return { bytes: Buffer.from(pieces.join(''), 'latin1'), sources: undone.subarray(0, length + 1) }
}

/** The decoded character; empty for separators. */
function letterOf([all, unseen, json, hex, other, url, decimal, html, amp]: RegExpExecArray): string {
  if (unseen !== undefined) return ''
  if (amp !== undefined) return '&'
  if (other !== undefined) return other === 'n' || other === 'r' ? '' : other
  const code = decimal === undefined ? Number.parseInt(json ?? hex ?? url ?? html ?? '', 16) : Number(decimal)
  if (code === 0x0a || code === 0x0d || /^[\r\n]/.test(all)) return ''
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '\0'
}
