import { isAscii } from 'node:buffer'

/** Texts of a body that are held at once: as it came, what is parsed of it, and as rewritten. */
const texts = 3
/** Bytes that a value costs beside its text: the object, its fields, its place in a list. */
const valueBytes = 64
/** Below this a body's structure cannot weigh much. */
const looseBytes = 65_536

const quote = 0x22
const backslash = 0x5c
/** In UTF-8 it begins what is beyond Latin-1. */
const firstWideByte = 0xc4
/** What begins a value or follows one: `[`, `{` and `,`. */
const separators: ReadonlySet<number> = new Set([0x5b, 0x7b, 0x2c])

/** The memory that a body of so many bytes takes at least, in bytes. */
export function leastWeight(bodyBytes: number): number {
  // And the bytes, as they came in or as they leave.
  return bodyBytes * (1 + texts)
}

/**
 * The memory that a body takes while its call is under way, in bytes. A text with a character beyond Latin-1
 * takes two bytes for each of its characters, and of a body such as `[[[[` every byte becomes an object.
 */
export function bodyWeight(body: Buffer): number {
  if (body.length < looseBytes) return leastWeight(body.length)
  return body.length + textBytes(body) * texts + countValues(body) * valueBytes
}

/** What the engine needs for a text: a byte for each character of Latin-1 where there are no others, else two. */
function textBytes(body: Buffer): number {
  if (isAscii(body)) return body.length
  let characters = 0
  let isWide = false
  for (const byte of body) {
    // The first byte of each character, and the first of four stands for two.
    if (byte < 0x80 || byte >= 0xc0) characters += byte >= 0xf0 ? 2 : 1
    if (byte >= firstWideByte) isWide = true
  }
  return characters * (isWide ? 2 : 1)
}

/** Values of a JSON text, about. Strings are passed over by the engine's own search. */
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

/** An odd number of backslashes before it escapes a quote. */
function isEscaped(body: Buffer, position: number): boolean {
  let start = position - 1
  while (body[start] === backslash) start--
  return (position - start) % 2 === 0
}
