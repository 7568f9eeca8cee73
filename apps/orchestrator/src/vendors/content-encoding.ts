import type { Readable } from 'node:stream'
import { pipeline, Transform, type TransformCallback } from 'node:stream'
import * as zlib from 'node:zlib'

/** How a body is decoded: the encodings in the order in which they are undone. */
export type Decoding = readonly (() => Transform)[]

/** More on top of one another are nobody's but an attacker's. */
const maxEncodings = 5

const decoders: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', () => zlib.createGunzip()],
  ['x-gzip', () => zlib.createGunzip()],
  ['deflate', () => new AnyInflate()],
  ['br', () => zlib.createBrotliDecompress()],
  ...zstdOf(zlib),
])

/**
 * Reads `content-encoding`: empty where the body is as it is; null where it cannot be decoded here.
 * @param header null and undefined without one
 */
export function readDecoding(header: string | undefined): Decoding | null {
  if (header === undefined) return []
  const names = header
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => name !== '' && name !== 'identity')
  const found = names.toReversed().flatMap(name => decoders.get(name) ?? [])
  return found.length === names.length && found.length <= maxEncodings ? found : null
}

/** The body as it was before it was encoded. It fails where the encoding is broken; to leave it, destroy it. */
export function decodeStream(body: Readable, decoding: Decoding): Readable {
  return decoding.reduce<Readable>(
    // Whoever reads the end is told of any fault; without a listener here a fault before that would be nobody's.
    (encoded, decoderOf) => pipeline(encoded, decoderOf(), ignore),
    body,
  )
}

function ignore(): void {}

/** Node.js has it from 22.15 on. */
function zstdOf(library: object): readonly (readonly [string, () => Transform])[] {
  if (!('createZstdDecompress' in library)) return []
  const create = library.createZstdDecompress
  // Checked to be there: by Node.js' documentation it makes a stream as the others do.
  return typeof create === 'function' ? [['zstd', create as () => Transform]] : []
}

/**
 * `deflate`, which is zlib's format by the standard and bare by what some servers send: the first byte tells.
 * Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2 (looked up 2026-11-28)
 */
class AnyInflate extends Transform {
  #inflate: zlib.Inflate | zlib.InflateRaw | null = null

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    if (chunk.length === 0) done()
    else {
      this.#inflate ??= this.#begin(chunk)
      this.#inflate.write(chunk, encoding, done)
    }
  }

  override _flush(done: TransformCallback): void {
    if (this.#inflate === null) done()
    else this.#inflate.once('end', done).end()
  }

  override _read(bytes: number): void {
    this.#inflate?.resume()
    super._read(bytes)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inflate?.destroy()
    done(error)
  }

  #begin(chunk: Buffer): zlib.Inflate | zlib.InflateRaw {
    const isZlib = ((chunk[0] ?? 0) & 0x0f) === 0x08
    const inflate = isZlib ? zlib.createInflate() : zlib.createInflateRaw()
    inflate.on('data', (decoded: Buffer) => {
      if (!this.push(decoded)) inflate.pause()
    })
    inflate.on('error', error => this.destroy(error))
    return inflate
  }
}
