import type { Readable } from 'node:stream'
import { parseJson } from '../../parse-json.js'
import { formOf, isBinary } from '../body-form.js'

/** The start of an answer of bytes, classified. */
export type BegunBytes =
  /** Bytes to pass through. */
  | { readonly kind: 'bytes'; readonly chunks: AsyncGenerator<Buffer, undefined> }
  /** A body to read whole: an error, a page, a text with the bytes, or nothing. */
  | { readonly kind: 'text'; readonly chunks: AsyncGenerator<Buffer, undefined> }

/** Longest error body. */
const maxErrorBytes = 65_536
const pageStart = /^\s*<(?:!doctype|html|\?xml)/i

/**
 * Reads the start of an answer that should be audio or an image. With a binary content type, a start like JSON may be
 * either, since raw audio begins with anything. Rejects if the body breaks.
 */
export async function beginBytes(stream: Readable, contentType: string | undefined): Promise<BegunBytes> {
  // A stream without an encoding yields buffers.
  const iterator: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]()
  let start: Buffer = Buffer.alloc(0)
  while (true) {
    const next = await iterator.next()
    const isAll = next.done === true
    if (!isAll) start = start.length === 0 ? next.value : Buffer.concat([start, next.value])
    const kind = kindOf(start, contentType, isAll)
    if (kind !== null) return { kind, chunks: chunksOf(start, iterator) }
  }
}

function kindOf(start: Buffer, contentType: string | undefined, isAll: boolean): BegunBytes['kind'] | null {
  if (start.length === 0) return isAll ? 'text' : null
  if (!isBinary(contentType)) {
    const form = formOf(start, contentType, isAll)
    if (form === null) return null
    return form === 'other' && !isText(start) ? 'bytes' : 'text'
  }
  if (pageStart.test(start.subarray(0, 200).toString('latin1'))) return 'text'
  if (formOf(start, undefined, isAll) !== 'json') return 'bytes'
  if (!isAll && start.length <= maxErrorBytes) return null
  return isAll && parseJson(start) !== undefined ? 'text' : 'bytes'
}

/** Whether bytes may be text: without control characters, which audio contains. */
function isText(bytes: Buffer): boolean {
  return !bytes.subarray(0, maxErrorBytes).some(byte => byte < 0x09 || (byte > 0x0d && byte < 0x20))
}

async function* chunksOf(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, undefined> {
  if (start.length > 0) yield start
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  return undefined
}
