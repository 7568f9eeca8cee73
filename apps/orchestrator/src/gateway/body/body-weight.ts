import { isAscii } from 'node:buffer'

/** Of a body as it was read: its text, what is parsed of it, the text as rewritten, and the bytes that leave. */
const copies = 4
/** Bytes that a value costs beside its text: the object, its fields, its place in a list. */
const valueBytes = 64
/** Below this a body's structure cannot weigh much. */
const looseBytes = 65_536

const quote = 0x22
const backslash = 0x5c
/** What begins a value or follows one: `[`, `{` and `,`. */
const separators: ReadonlySet<number> = new Set([0x5b, 0x7b, 0x2c])

/** The memory that a body of so many bytes takes at least, in bytes. */
export function leastWeight(bodyBytes: number): number {
  return bodyBytes * copies
}

/**
 * The memory that a body takes while its call is under way, in bytes. Strings that are not ASCII may take two
 * bytes a character, and of a body such as `[[[[` every byte becomes an object.
 */
export function bodyWeight(body: Buffer): number {
  const least = leastWeight(body.length)
  if (body.length < looseBytes) return least
  const wide = isAscii(body) ? 0 : body.length * (copies - 1)
  return least + wide + countValues(body) * valueBytes
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
