import { PatternScan } from './pattern-scan.js'
import { type Unescaped, undoEscapes } from './undo-escapes.js'

/** What stands where a key stood. */
const replacement = Buffer.from('[key]')

/**
 * Shorter keys are none that a vendor gives out, but such as `test` or `ollama`, and part of ordinary words. They are
 * taken out of complaints, where they stand alone, and left in answers.
 */
const minKeyLength = 8
/** Encodings on top of one another that are undone. */
const maxRounds = 4

interface Range {
  readonly start: number
  readonly end: number
}

/**
 * Takes keys out of what leaves: as they are, and as JSON, URLs, HTML, base64 (alone or within other text) and
 * hexadecimal write them, in any mixture. What holds none comes back as it is, byte for byte. Made once for a set of
 * keys; it takes time by the length of a text, not by the number of keys.
 */
export class KeyRedactor {
  readonly #scan: PatternScan
  readonly #shortKeys: RegExp | null

  constructor(keys: readonly string[]) {
    const long = keys.filter(key => key.length >= minKeyLength)
    const short = keys.filter(key => key !== '' && key.length < minKeyLength)
    this.#scan = new PatternScan([...new Set(long.flatMap(formsOf))])
    this.#shortKeys =
      short.length === 0
        ? null
        : new RegExp(`(?<![A-Za-z0-9_-])(?:${short.map(escaped).join('|')})(?![A-Za-z0-9_-])`, 'g')
  }

  /** Whether there is nothing to look for in answers. */
  get isEmpty(): boolean {
    return this.#scan.maxLength === 0
  }

  /** Where a text that goes on may still become a key. For keys that are cut in pieces. */
  get scan(): PatternScan {
    return this.#scan
  }

  /** An answer, or a frame of one. */
  redact(bytes: Buffer): Buffer {
    const first = this.#scan.scan(bytes)
    if (first.matches.length === 0 && !first.hasEscapes) return bytes
    const ranges: Range[] = [...first.matches]
    let text: Unescaped = { bytes, sources: null }
    for (let round = 0; round < maxRounds; round++) {
      const next = undoEscapes(text)
      if (next === null) break
      text = next
      ranges.push(...this.#scan.scan(text.bytes).matches.map(match => sourceOf(match, text)))
    }
    return ranges.length === 0 ? bytes : without(bytes, ranges)
  }

  /** What a vendor says in place of an answer: short keys are taken out, too. */
  redactComplaint(bytes: Buffer): Buffer {
    const redacted = this.redact(bytes)
    if (this.#shortKeys === null) return redacted
    const text = redacted.toString('latin1')
    const rest = text.replaceAll(this.#shortKeys, '[key]')
    return rest === text ? redacted : Buffer.from(rest, 'latin1')
  }

  /** The same for a text. */
  redactText(text: string): string {
    return this.redactComplaint(Buffer.from(text)).toString('utf8')
  }
}

/** How a key may be written where no single letter of it is escaped. */
function formsOf(key: string): readonly string[] {
  const bytes = Buffer.from(key, 'latin1')
  const hex = bytes.toString('hex')
  const unescaped = undoEscapes({ bytes, sources: null })?.bytes.toString('latin1') ?? key
  return [
    key,
    ...(unescaped.length >= minKeyLength ? [unescaped] : []),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap(offset => base64Of(bytes, offset)),
  ]
}

/**
 * The base64 of a key behind so many other bytes, without the letters at its ends that depend on what is beside it;
 * in both alphabets.
 */
function base64Of(key: Buffer, offset: number): readonly string[] {
  const text = Buffer.concat([Buffer.alloc(offset), key]).toString('base64')
  const whole = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + key.length) * 8) / 6))
  return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')]
}

function sourceOf({ start, end }: Range, { sources }: Unescaped): Range {
  return sources === null ? { start, end } : { start: sources[start] ?? 0, end: sources[end] ?? 0 }
}

function without(bytes: Buffer, ranges: readonly Range[]): Buffer {
  const parts: Buffer[] = []
  let position = 0
  for (const { start, end } of ranges.toSorted((left, right) => left.start - right.start)) {
    if (start >= position) parts.push(bytes.subarray(position, start), replacement)
    position = Math.max(position, end)
  }
  parts.push(bytes.subarray(position))
  return Buffer.concat(parts)
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
