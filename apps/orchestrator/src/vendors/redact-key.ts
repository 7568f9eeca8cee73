import { PatternScan } from './pattern-scan.js'
import { type Unescaped, undoEscapes } from './undo-escapes.js'

/** The replacement of a key. */
const replacement = Buffer.from('[key]')

/**
 * Shorter keys, such as `test` or `ollama`, are not issued by vendors and occur within words. They are redacted only
 * where they stand alone, unencoded: in errors always, in answers only if they are not a word.
 */
const minKeyLength = 8
const wordForm = /^[A-Za-z]+$/
/** Shorter texts occur by chance. */
const minOddKeyLength = 5
/** Most nested encodings that are decoded. */
const maxRounds = 4

interface Range {
  readonly start: number
  readonly end: number
}

/**
 * Redacts keys: plain, and as encoded by JSON, URLs, HTML, base64 (alone or within other text) and hexadecimal, in any
 * combination. Text without keys is returned unchanged, byte for byte. Created once per set of keys; takes time by the
 * length of the text, not by the number of keys.
 */
export class KeyRedactor {
  readonly #scan: PatternScan
  readonly #shortKeys: Words | null
  /** Short keys that are not words. */
  readonly #oddKeys: Words | null

  constructor(keys: readonly string[]) {
    const long = keys.filter(key => key.length >= minKeyLength)
    const short = keys.filter(key => key !== '' && key.length < minKeyLength)
    this.#scan = new PatternScan([...new Set(long.flatMap(formsOf))])
    this.#shortKeys = standingAlone(short)
    this.#oddKeys = standingAlone(short.filter(key => key.length >= minOddKeyLength && !wordForm.test(key)))
  }

  /** Whether no key has to be searched in answers. */
  get isEmpty(): boolean {
    return this.#scan.maxLength === 0 && this.#oddKeys === null
  }

  /** The scan for incomplete keys at the end of a text. */
  get scan(): PatternScan {
    return this.#scan
  }

  /** Redacts an answer or a frame of one. */
  redact(bytes: Buffer): Buffer {
    return withoutWords(this.#withoutLongKeys(bytes), this.#oddKeys)
  }

  /** Redacts an error, including all short keys. */
  redactComplaint(bytes: Buffer): Buffer {
    return withoutWords(this.#withoutLongKeys(bytes), this.#shortKeys)
  }

  /** Redacts a text. */
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

/** Words and a pattern that finds them standing alone. */
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
  // The fastest check for the usual case without a match.
  if (words === null || !words.all.some(word => bytes.includes(word))) return bytes
  const text = bytes.toString('latin1')
  const rest = text.replaceAll(words.form, '[key]')
  return rest === text ? bytes : Buffer.from(rest, 'latin1')
}

/** The encoded forms of a key without escapes of single characters. */
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
 * The base64 of a key after `offset` other bytes, without end characters that depend on its neighbours; in both
 * alphabets.
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
