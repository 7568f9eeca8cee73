/** A match of a pattern. */
export interface Match {
  readonly start: number
  /** Position after its last byte. */
  readonly end: number
}

/** The result of a scan. */
export interface Scanned {
  readonly matches: readonly Match[]
  /** Whether the text has escapes of pattern characters, so that it must be unescaped and scanned again. */
  readonly hasEscapes: boolean
}

/** Hexadecimal digits of a printable ASCII character or a zero-width one. */
const escapesLetter = /^(?:00[2-7]|00ad|200[b-f]|2060|feff)/i
/** Zero-width characters as UTF-8 bytes. */
const unseen = /^(?:\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf|\xc2\xad)/

interface Anchored {
  readonly pattern: Buffer
  /** Position of its anchor's last byte. */
  readonly anchorEnd: number
}

/** Bytes of an anchor. */
const anchorBytes = 4
const filterBits = 16
/** Shortest line that may continue on the next: base64 is broken into such lines. */
const brokenLineBytes = 24
/** Shortest start of a pattern at the end of a text; shorter ones, such as `sk-` or `gsk_`, are ignored. */
export const minStartBytes = 6

const backslash = 0x5c
const percent = 0x25
const ampersand = 0x26
const lineFeed = 0x0a
const carriageReturn = 0x0d

const escapeStarts = new Uint8Array(256)
for (const byte of [backslash, percent, ampersand, lineFeed, carriageReturn]) escapeStarts[byte] = 1
/** First UTF-8 bytes of zero-width characters. */
for (const byte of [0xc2, 0xe2, 0xef]) escapeStarts[byte] = 1

/**
 * Finds any of many patterns in one pass. Four bytes from the middle of each pattern are its anchor, and a table shows
 * whether any four consecutive bytes may be an anchor. Patterns are ASCII of at least eight bytes.
 */
export class PatternScan {
  readonly #filter = new Uint8Array(1 << filterBits)
  readonly #byAnchor = new Map<number, Anchored[]>()
  readonly #byStart = new Map<number, Buffer[]>()
  readonly #isEmpty: boolean
  /** Whether a pattern contains characters that JSON escapes. */
  readonly #hasQuotes: boolean
  readonly #minLength: number
  /** Length of the longest pattern. */
  readonly maxLength: number

  constructor(patterns: readonly string[]) {
    this.#isEmpty = patterns.length === 0
    this.#hasQuotes = patterns.some(pattern => /["\\]/.test(pattern))
    this.maxLength = Math.max(0, ...patterns.map(({ length }) => length))
    this.#minLength = Math.min(...patterns.map(({ length }) => length))
    for (const text of patterns) {
      const pattern = Buffer.from(text, 'latin1')
      const anchorEnd = Math.floor((pattern.length + anchorBytes) / 2) - 1
      const anchor = pattern.readInt32BE(anchorEnd - anchorBytes + 1)
      this.#filter[hashOf(anchor)] = 1
      this.#byAnchor.set(anchor, [...(this.#byAnchor.get(anchor) ?? []), { pattern, anchorEnd }])
      const start = pattern.readInt32BE(0)
      this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), pattern])
    }
  }

  scan(bytes: Buffer): Scanned {
    const matches: Match[] = []
    let hasEscapes = false
    if (this.#isEmpty || bytes.length < this.#minLength) return { matches, hasEscapes }
    const filter = this.#filter
    let window = 0
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0
      window = (window << 8) | byte
      if (filter[hashOf(window)] === 1) this.#confirm(bytes, window, index, matches)
      if (escapeStarts[byte] === 1 && !hasEscapes)
        hasEscapes = beginsEscape(bytes, index, byte) || (this.#hasQuotes && byte === backslash)
    }
    return { matches, hasEscapes }
  }

  /** Where a pattern starts that is incomplete at the end of the text; null for none. */
  startAtEnd(bytes: Buffer): number | null {
    const from = Math.max(0, bytes.length - this.maxLength + 1)
    for (let index = from; index + minStartBytes <= bytes.length; index++) {
      const patterns = this.#byStart.get(bytes.readInt32BE(index))
      const rest = bytes.length - index
      const isStart = patterns?.some(
        pattern => pattern.length > rest && bytes.compare(pattern, 0, rest, index) === 0,
      )
      if (isStart) return index
    }
    return null
  }

  #confirm(bytes: Buffer, anchor: number, index: number, matches: Match[]): void {
    for (const { pattern, anchorEnd } of this.#byAnchor.get(anchor) ?? []) {
      const start = index - anchorEnd
      const end = start + pattern.length
      if (start < 0 || end > bytes.length) continue
      if (bytes.compare(pattern, 0, pattern.length, start, end) === 0) matches.push({ start, end })
    }
  }
}

/** Fibonacci hash of four consecutive bytes. */
function hashOf(window: number): number {
  return Math.imul(window, 0x9e_37_79_b1) >>> (32 - filterBits)
}

/** Whether an escape starts here that may encode a pattern character; most JSON escapes do not. */
function beginsEscape(bytes: Buffer, index: number, byte: number): boolean {
  const next = bytes[index + 1] ?? 0
  if (byte === backslash) {
    switch (next) {
      case 0x6e: // n
      case 0x72: // r
        return isBrokenLine(bytes, index)
      case 0x75: // u
        return escapesLetter.test(bytes.toString('latin1', index + 2, index + 6))
      case 0x74: // t
      case 0x62: // b
      case 0x66: // f
      case 0x22: // a quote
      case backslash: // the next one is looked at
        return false
      default:
        return true
    }
  }
  // A printable character, or a line break.
  if (byte === percent) return isHex(next) && next < 0x38 && isHex(bytes[index + 2] ?? 0)
  if (byte > backslash) return isUnseen(bytes, index)
  if (byte === ampersand) return next === 0x23 || (next === 0x61 && bytes[index + 2] === 0x6d)
  return (byte === lineFeed || byte === carriageReturn) && isBrokenLine(bytes, index)
}

function isUnseen(bytes: Buffer, index: number): boolean {
  return unseen.test(bytes.toString('latin1', index, index + 3))
}

function isBrokenLine(bytes: Buffer, index: number): boolean {
  for (let before = index - 1; before >= index - brokenLineBytes; before--) {
    if (before < 0 || !isBase64(bytes[before] ?? 0)) return false
  }
  return true
}

function isBase64(byte: number): boolean {
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
  return isLetter || (byte >= 0x2d && byte <= 0x39) || byte === 0x2b || byte === 0x5f
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
}
