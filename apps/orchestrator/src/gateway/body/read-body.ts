import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { decode, decodersFor } from './body-encodings.js'
import { bodyWeight, leastWeight } from './body-weight.js'
import type { MemoryBudget, MemoryShare } from './memory-budget.js'

/** A request's body, or why it is refused. */
export type ReadBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** Larger than the limit. */
  | { readonly kind: 'tooLarge' }
  /** Within the limit, but needs more memory than the whole budget. */
  | { readonly kind: 'tooHeavy' }
  /** Currently no memory for it. */
  | { readonly kind: 'noRoom' }
  | { readonly kind: 'unknownEncoding' }
  /** Not valid in its encoding. */
  | { readonly kind: 'undecodable' }
  /** Text in another encoding than UTF-8: decoded as such it would reach the vendor as another text. */
  | { readonly kind: 'notUtf8' }
  /** Declared as a form, but not one. */
  | { readonly kind: 'noForm' }
  /** Currently no disk space for it. */
  | { readonly kind: 'noDisk' }

/** Why a body is refused. */
export type NotTaken = Exclude<ReadBody, { kind: 'text' | 'bytes' }>

/** The source of a body, and its limits. */
export interface BodySource {
  readonly payload: Readable
  readonly headers: IncomingHttpHeaders
  /** Whether it is text, or bytes of any kind. */
  readonly isText: boolean
  /** In bytes, decoded. */
  readonly maxBytes: number
  readonly budget: MemoryBudget
  readonly share: MemoryShare
}

/** Memory step for a body of unknown size. */
const stepBytes = 65_536
/** Initial estimate of the compression ratio. */
const usualRatio = 8

/**
 * Reads a whole body, taking memory before reading: by its declared length, or as it grows. A refused body is left
 * unread or discarded, so that the client gets its answer.
 *
 * @throws the stream's error if the client disconnects
 */
export async function readBody(source: BodySource): Promise<ReadBody> {
  const { headers, maxBytes } = source
  const decoders = decodersFor(headers['content-encoding'])
  if (decoders === null) return { kind: 'unknownEncoding' }
  const declared = Number(headers['content-length'] ?? 0)
  if (declared > maxBytes) return { kind: 'tooLarge' }
  const refused = take(source, leastWeight(declared))
  if (refused !== null) return refused
  const collected = await collect(source)
  if (!Buffer.isBuffer(collected)) return collected
  let bytes = collected
  for (const decoder of decoders) {
    const decoded = await decodeInSteps(source, decoder, bytes)
    if (!Buffer.isBuffer(decoded)) return decoded
    bytes = decoded
  }
  if (!source.isText) return take(source, leastWeight(bytes.length)) ?? { kind: 'bytes', bytes }
  if (!isUtf8(bytes)) return { kind: 'notUtf8' }
  const text = take(source, bodyWeight(bytes)) ?? bytes.toString('utf8')
  if (typeof text !== 'string') return text
  // Some editors and platforms write a byte order mark, which JSON does not allow.
  return { kind: 'text', text: text.startsWith('\ufeff') ? text.slice(1) : text }
}

/** By events: an async iterator takes several times as long for a body of one chunk, the usual case. */
function collect(source: BodySource): Promise<Buffer | NotTaken> {
  const { payload, maxBytes } = source
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve, reject) => {
    const end = (body: Buffer | NotTaken): void => {
      payload.off('data', add).off('end', finish).off('error', fail).off('close', leave)
      resolve(body)
    }
    const add = (chunk: Buffer): void => {
      size += chunk.length
      const refused = size > maxBytes ? ({ kind: 'tooLarge' } as const) : takeGrown(source, size)
      if (refused === null) chunks.push(chunk)
      else {
        end(refused)
        // Clients read the answer only after sending the whole body.
        payload.resume()
      }
    }
    const finish = (): void => {
      const [only] = chunks
      end(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size))
    }
    const fail = (error: Error): void => {
      reject(error)
      end({ kind: 'undecodable' })
    }
    const leave = (): void => fail(new Error('the client has gone'))
    payload.on('data', add).on('end', finish).on('error', fail).on('close', leave)
    if (payload.destroyed) leave()
  })
}

/** A body of unknown size takes memory in steps. */
function takeGrown(source: BodySource, size: number): NotTaken | null {
  return take(source, leastWeight(Math.ceil(size / stepBytes) * stepBytes), leastWeight(size))
}

/** Each step quadruples the size, so that all steps together cost little more than the last. */
async function decodeInSteps(
  source: BodySource,
  decoder: Parameters<typeof decode>[0],
  bytes: Buffer,
): Promise<Buffer | NotTaken> {
  const { maxBytes } = source
  let roomBytes = Math.min(Math.max(bytes.length * usualRatio, stepBytes), maxBytes)
  while (true) {
    const refused = take(source, leastWeight(roomBytes))
    if (refused !== null) return refused
    const decoded = await decode(decoder, bytes, roomBytes)
    if (decoded.kind === 'decoded') return decoded.bytes
    if (decoded.kind === 'broken') return { kind: 'undecodable' }
    if (roomBytes >= maxBytes) return { kind: 'tooLarge' }
    roomBytes = Math.min(roomBytes * 4, maxBytes)
  }
}

/** Takes the wanted memory, or at least the minimum; returns why not otherwise. */
function take(
  { share, budget }: Pick<BodySource, 'share' | 'budget'>,
  wishedBytes: number,
  leastBytes = wishedBytes,
): NotTaken | null {
  if (share.growTo(wishedBytes) || share.growTo(leastBytes)) return null
  return budget.couldGive(leastBytes) ? { kind: 'noRoom' } : { kind: 'tooHeavy' }
}
