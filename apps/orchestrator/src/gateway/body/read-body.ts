import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { decode, decodersFor } from './body-encodings.js'
import { bodyWeight, leastWeight } from './body-weight.js'
import type { MemoryBudget, MemoryShare } from './memory-budget.js'

/** A request's body, or why it is not taken. */
export type ReadBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** It is larger than a body may be. */
  | { readonly kind: 'tooLarge' }
  /** It is no larger, but takes more memory than all calls together may. */
  | { readonly kind: 'tooHeavy' }
  /** There is no memory for it at present. */
  | { readonly kind: 'noRoom' }
  | { readonly kind: 'unknownEncoding' }
  /** It is not what its encoding says. */
  | { readonly kind: 'undecodable' }
  /** It is no form, though it says so. */
  | { readonly kind: 'noForm' }
  /** There is no room for it on disk at present. */
  | { readonly kind: 'noDisk' }

/** Why a body is not taken. */
export type NotTaken = Exclude<ReadBody, { kind: 'text' | 'bytes' }>

/** Where a body comes from, and what it may take. */
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

/** A body of unknown size takes memory in steps of this, in bytes. */
const stepBytes = 65_536
/** What an encoded body is likely to become, at first. */
const usualRatio = 8

/**
 * Reads a body to its end, memory taken before it is read: by its declared length, or as it grows. What is not
 * taken is left unread, or read on for nobody, so that the client gets its answer.
 *
 * @throws the stream's error when the client goes
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
  const text = take(source, bodyWeight(bytes)) ?? bytes.toString('utf8')
  if (typeof text !== 'string') return text
  // Some editors and platforms put a byte order mark before JSON, which has none.
  return { kind: 'text', text: text.startsWith('\ufeff') ? text.slice(1) : text }
}

/** By events: an iterator takes several times as long for a body of one chunk, which most are. */
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
        // Who is still sending is to have sent it all, and then reads the answer.
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

/** Each step has room for four times as much, so that all of them together cost little more than the last. */
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

/** Takes so much memory, or says why there is none; the least where there is no room for the wished. */
function take(
  { share, budget }: Pick<BodySource, 'share' | 'budget'>,
  wishedBytes: number,
  leastBytes = wishedBytes,
): NotTaken | null {
  if (share.growTo(wishedBytes) || share.growTo(leastBytes)) return null
  return budget.couldGive(leastBytes) ? { kind: 'noRoom' } : { kind: 'tooHeavy' }
}
