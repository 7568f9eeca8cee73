import type { Readable } from 'node:stream'
import { pipeline, Transform, type TransformCallback } from 'node:stream'
import * as zlib from 'node:zlib'

/** The decoders of a body, in order. */
export type Decoding = readonly (() => Transform)[]

/** Most nested encodings; more would be an attack. */
const maxEncodings = 5

const decoders: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', () => zlib.createGunzip()],
  ['x-gzip', () => zlib.createGunzip()],
  ['deflate', () => new AnyInflate()],
  ['br', () => zlib.createBrotliDecompress()],
  ...zstdOf(zlib),
])

/**
 * Reads `content-encoding`: empty for none; null if not supported.
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

/** The decoded body. Fails if the encoding is invalid; destroy it to stop reading. */
export function decodeStream(body: Readable, decoding: Decoding): Readable {
  return decoding.reduce<Readable>(
    // The reader of the result gets any error; without a listener here an earlier error would be unhandled.
    (encoded, decoderOf) => pipeline(encoded, decoderOf(), ignore),
    body,
  )
}

function ignore(): void {}

/** Available from Node.js 22.15. */
function zstdOf(library: object): readonly (readonly [string, () => Transform])[] {
  if (!('createZstdDecompress' in library)) return []
  const create = library.createZstdDecompress
  // Checked to exist; by Node.js' documentation it creates a stream like the others.
  return typeof create === 'function' ? [['zstd', create as () => Transform]] : []
}

/**
 * `deflate`: zlib's format by the standard, raw from some servers; the first byte distinguishes them. Source:
 * https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2 (looked up 2026-11-28)
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
