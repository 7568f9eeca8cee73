import { isAscii } from 'node:buffer'

/** Copies of a body's text held concurrently: original, parsed, rewritten. */
const texts = 3
/** Bytes per value in addition to its text: the object, its fields, its array slot. */
const valueBytes = 64
/** Below this size, a body's structure cannot need much memory. */
const looseBytes = 65_536

const quote = 0x22
const backslash = 0x5c
/** The first UTF-8 byte of characters beyond Latin-1. */
const firstWideByte = 0xc4
/** Bytes before a value: `[`, `{` and `,`. */
const separators: ReadonlySet<number> = new Set([0x5b, 0x7b, 0x2c])

/** The minimum memory for a body of this many bytes. */
export function leastWeight(bodyBytes: number): number {
  // Plus the received or sent bytes.
  return bodyBytes * (1 + texts)
}

/**
 * The memory in bytes that a body takes while its call is in flight. A text with a character beyond Latin-1 takes two
 * bytes per character, and in a body such as `[[[[` every byte becomes an object.
 */
export function bodyWeight(body: Buffer): number {
  if (body.length < looseBytes) return leastWeight(body.length)
  return body.length + textBytes(body) * texts + countValues(body) * valueBytes
}

/** V8's memory for a text: one byte per character if all are Latin-1, otherwise two. */
function textBytes(body: Buffer): number {
  if (isAscii(body)) return body.length
  let characters = 0
  let isWide = false
  for (const byte of body) {
    // Counts the first byte of each character; that of a four-byte character counts two.
    if (byte < 0x80 || byte >= 0xc0) characters += byte >= 0xf0 ? 2 : 1
    if (byte >= firstWideByte) isWide = true
  }
  return characters * (isWide ? 2 : 1)
}

/** The approximate number of values in a JSON text. Skips strings with the engine's native search. */
function countValues(body: Buffer): number {
  let values = 1
  for (let position = 0; position < body.length; position++) {
    const byte = body[position]
    if (byte === quote) position = endOfString(body, position)
    else if (byte !== undefined && separators.has(byte)) values++
  }
  return values
}

function endOfString(body: Buffer, start: number): number {
  let end = body.indexOf(quote, start + 1)
  while (end !== -1 && isEscaped(body, end)) end = body.indexOf(quote, end + 1)
  return end === -1 ? body.length : end
}

/** Whether an odd number of backslashes precedes the quote. */
function isEscaped(body: Buffer, position: number): boolean {
  let start = position - 1
  while (body[start] === backslash) start--
  return (position - start) % 2 === 0
}
