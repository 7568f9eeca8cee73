/** Where a pattern stands. */
export interface Match {
  readonly start: number
  /** Behind its last byte. */
  readonly end: number
}

/** What a scan has found. */
export interface Scanned {
  readonly matches: readonly Match[]
  /** Whether something is escaped that a pattern may hold: it has to be undone, and scanned again. */
  readonly hasEscapes: boolean
}

/** Digits of a printable letter below 0x80, or of one without a width. */
const escapesLetter = /^(?:00[2-7]|00ad|200[b-f]|2060|feff)/i
/** Letters without a width, as the bytes of UTF-8. */
const unseen = /^(?:\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf|\xc2\xad)/

interface Anchored {
  readonly pattern: Buffer
  /** Of its anchor's last byte. */
  readonly anchorEnd: number
}

/** Bytes by which a pattern is suspected. */
const anchorBytes = 4
const filterBits = 16
/** Of a long line that another goes on: base64 is broken into such lines. */
const brokenLineBytes = 24
/** Of the start of a pattern at the end of a text: fewer are nothing yet, such as `sk-` or `gsk_`. */
export const minStartBytes = 6

const backslash = 0x5c
const percent = 0x25
const ampersand = 0x26
const lineFeed = 0x0a
const carriageReturn = 0x0d

const escapeStarts = new Uint8Array(256)
for (const byte of [backslash, percent, ampersand, lineFeed, carriageReturn]) escapeStarts[byte] = 1
/** With which letters without a width begin, in UTF-8. */
for (const byte of [0xc2, 0xe2, 0xef]) escapeStarts[byte] = 1

/**
 * Finds any of many patterns in one pass: four bytes from the middle of each are its anchor, and a table tells of
 * any four bytes in a row whether they may be an anchor. ASCII patterns of at least eight bytes.
 */
export class PatternScan {
  readonly #filter = new Uint8Array(1 << filterBits)
  readonly #byAnchor = new Map<number, Anchored[]>()
  readonly #byStart = new Map<number, Buffer[]>()
  readonly #isEmpty: boolean
  /** Whether a pattern holds what JSON nearly always escapes. */
  readonly #hasQuotes: boolean
  readonly #minLength: number
  /** Of the longest pattern. */
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

  /** Where a pattern begins that the text ends in the middle of; null for none. */
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

/** Of four bytes in a row, by Fibonacci hashing. */
function hashOf(window: number): number {
  return Math.imul(window, 0x9e_37_79_b1) >>> (32 - filterBits)
}

/** Whether an escape begins here that may stand for a letter of a pattern. Most of JSON's stand for none. */
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
  // A printable letter, or the end of a line.
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
