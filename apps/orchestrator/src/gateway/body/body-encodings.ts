import { promisify } from 'node:util'
import zlib from 'node:zlib'

/** Decodes bytes. Rejects with `ERR_BUFFER_TOO_LARGE` beyond `maxOutputLength`, and for invalid data. */
type Decode = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>

const inflate: Decode = promisify(zlib.inflate)
const inflateRaw: Decode = promisify(zlib.inflateRaw)
const gunzip: Decode = promisify(zlib.gunzip)

/** The accepted encodings by name; zstd if this Node.js supports it (from 22.15). */
const decoders: ReadonlyMap<string, Decode> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  // Some send raw deflate under this name; zlib's header is recognised by its first four bits.
  ['deflate', (bytes, options) => ((bytes[0] ?? 0) % 16 === 8 ? inflate : inflateRaw)(bytes, options)],
  ['br', promisify(zlib.brotliDecompress)],
  ...zstd(),
])

const maxEncodings = 2

/** The accepted encodings, in the format of `Accept-Encoding`. */
export const takenEncodings: string = [...decoders.keys()].filter(name => name !== 'x-gzip').join(', ')

/** The decoders of a `Content-Encoding`, in order; null if unknown. */
export function decodersFor(header: string | undefined): readonly Decode[] | null {
  const names = (header ?? '')
    .toLowerCase()
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '' && name !== 'identity')
  const found = names.flatMap(name => decoders.get(name) ?? [])
  return found.length === names.length && names.length <= maxEncodings ? found.toReversed() : null
}

/** The result of decoding. */
export type Decoded =
  | { readonly kind: 'decoded'; readonly bytes: Buffer }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'broken' }

/** Decodes one encoding, up to `maxOutputLength` bytes. */
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
