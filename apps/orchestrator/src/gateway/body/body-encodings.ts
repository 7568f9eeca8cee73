import { promisify } from 'node:util'
import zlib from 'node:zlib'

/** Undoes an encoding. Rejects with `ERR_BUFFER_TOO_LARGE` beyond `maxOutputLength`, and for what is broken. */
type Decode = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>

const inflate: Decode = promisify(zlib.inflate)
const inflateRaw: Decode = promisify(zlib.inflateRaw)
const gunzip: Decode = promisify(zlib.gunzip)

/** The encodings that are taken, by their names; zstd where this Node.js knows it (from 22.15). */
const decoders: ReadonlyMap<string, Decode> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  // Some mean the bare format by it; what has a header says so in its first half byte.
  ['deflate', (bytes, options) => ((bytes[0] ?? 0) % 16 === 8 ? inflate : inflateRaw)(bytes, options)],
  ['br', promisify(zlib.brotliDecompress)],
  ...zstd(),
])

const maxEncodings = 2

/** What may be sent, as it stands in `Accept-Encoding`. */
export const takenEncodings: string = [...decoders.keys()].filter(name => name !== 'x-gzip').join(', ')

/** How to undo a `Content-Encoding`, in order; null where it is not known. */
export function decodersFor(header: string | undefined): readonly Decode[] | null {
  const names = (header ?? '')
    .toLowerCase()
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '' && name !== 'identity')
  const found = names.flatMap(name => decoders.get(name) ?? [])
  return found.length === names.length && names.length <= maxEncodings ? found.toReversed() : null
}

/** What decoding came to. */
export type Decoded =
  | { readonly kind: 'decoded'; readonly bytes: Buffer }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'broken' }

/** Undoes one encoding, up to so many bytes. */
export async function decode(decoder: Decode, bytes: Buffer, maxOutputLength: number): Promise<Decoded> {
  try {
    return { kind: 'decoded', bytes: await decoder(bytes, { maxOutputLength }) }
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return { kind: isTooLarge ? 'tooLarge' : 'broken' }
  }
}

function zstd(): readonly (readonly [string, Decode])[] {
  if (!('zstdDecompress' in zlib) || typeof zlib.zstdDecompress !== 'function') return []
  return [['zstd', promisify(zlib.zstdDecompress) as Decode]]
}
