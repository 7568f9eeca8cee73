/** A text some of whose letters were escaped. */
export interface Unescaped {
  readonly bytes: Buffer
  /** Where in the original each byte began, and where it ended; null for the original itself. */
  readonly sources: Uint32Array | null
}

/**
 * One escape: any number of backslashes, since JSON may stand in JSON; URLs; HTML. And what tears a word apart unseen:
 * the ends of lines, and letters without a width (here as the bytes of UTF-8). A run of backslashes is looked at from
 * its first one only: otherwise a long one takes time by its square.
 */
const escapeForm =
  /(\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf|\xc2\xad|(?<!\\)\\+u(?:200[b-fB-F]|2060|[fF][eE][fF][fF]|00[aA][dD]))|(?<!\\)\\+(?:u00([0-9a-fA-F]{2})|x([0-9a-fA-F]{2})|u[0-9a-fA-F]{4}|([^\\]))|%([0-7][0-9a-fA-F])|&#0{0,6}(\d{1,3});|&#[xX]0{0,6}([0-9a-fA-F]{1,2});|(&amp;)|[\r\n]+/g

/**
 * Undoes one layer of escapes of printable ASCII, as JSON, URLs and HTML write them, and joins broken lines. What
 * stands for other letters stays as it is, or as something that no key holds.
 *
 * @returns null where nothing is escaped
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

/** What an escape stands for; empty for what tears apart. */
function letterOf([all, unseen, json, hex, other, url, decimal, html, amp]: RegExpExecArray): string {
  if (unseen !== undefined) return ''
  if (amp !== undefined) return '&'
  if (other !== undefined) return other === 'n' || other === 'r' ? '' : other
  const code = decimal === undefined ? Number.parseInt(json ?? hex ?? url ?? html ?? '', 16) : Number(decimal)
  if (code === 0x0a || code === 0x0d || /^[\r\n]/.test(all)) return ''
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '\0'
}
