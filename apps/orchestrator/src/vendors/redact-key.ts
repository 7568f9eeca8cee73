import { PatternScan } from './pattern-scan.js'
import { type Unescaped, undoEscapes } from './undo-escapes.js'

/** What stands where a key stood. */
const replacement = Buffer.from('[key]')

/**
 * Shorter keys are none that a vendor gives out, but such as `test` or `ollama`, and part of ordinary words: they are
 * taken out where they stand alone, as they are, of complaints, and of answers only where they are no word.
 */
const minKeyLength = 8
const wordForm = /^[A-Za-z]+$/
/** Anything may be such a key by chance. */
const minOddKeyLength = 5
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
  readonly #shortKeys: Words | null
  /** Those of the short ones that are no words. */
  readonly #oddKeys: Words | null

  constructor(keys: readonly string[]) {
    const long = keys.filter(key => key.length >= minKeyLength)
    const short = keys.filter(key => key !== '' && key.length < minKeyLength)
    this.#scan = new PatternScan([...new Set(long.flatMap(formsOf))])
    this.#shortKeys = standingAlone(short)
    this.#oddKeys = standingAlone(short.filter(key => key.length >= minOddKeyLength && !wordForm.test(key)))
  }

  /** Whether there is nothing to look for in answers. */
  get isEmpty(): boolean {
    return this.#scan.maxLength === 0 && this.#oddKeys === null
  }

  /** Where a text that goes on may still become a key. For keys that are cut in pieces. */
  get scan(): PatternScan {
    return this.#scan
  }

  /** An answer, or a frame of one. */
  redact(bytes: Buffer): Buffer {
    return withoutWords(this.#withoutLongKeys(bytes), this.#oddKeys)
  }

  /** What a vendor says in place of an answer: all short keys are taken out, too. */
  redactComplaint(bytes: Buffer): Buffer {
    return withoutWords(this.#withoutLongKeys(bytes), this.#shortKeys)
  }

  /** The same for a text. */
  redactText(text: string): string {
    return this.redactComplaint(Buffer.from(text)).toString('utf8')
  }

  #withoutLongKeys(bytes: Buffer): Buffer {
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
}

/** Words, and how to find them where they stand alone. */
interface Words {
  readonly all: readonly string[]
  readonly form: RegExp
}

function standingAlone(all: readonly string[]): Words | null {
  if (all.length === 0) return null
  const any = all.map(escaped).join('|')
  return { all, form: new RegExp(`(?<![A-Za-z0-9_-])(?:${any})(?![A-Za-z0-9_-])`, 'g') }
}

function withoutWords(bytes: Buffer, words: Words | null): Buffer {
  // Nearly always nothing is found, and this finds nothing fastest.
  if (words === null || !words.all.some(word => bytes.includes(word))) return bytes
  const text = bytes.toString('latin1')
  const rest = text.replaceAll(words.form, '[key]')
  return rest === text ? bytes : Buffer.from(rest, 'latin1')
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
