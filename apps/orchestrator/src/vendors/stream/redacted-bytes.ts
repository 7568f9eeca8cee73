import type { KeyRedactor } from '../redact-key.js'

/** Redacts keys in bytes as they arrive, also if split over two chunks: a possible start of a key is held back. */
export async function* redactedBytes(
  chunks: AsyncIterable<Buffer>,
  redactor: KeyRedactor,
): AsyncGenerator<Buffer, undefined> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = redactor.redact(held.length === 0 ? chunk : Buffer.concat([held, chunk]))
    const end = redactor.isEmpty ? null : redactor.scan.startAtEnd(bytes)
    held = end === null ? Buffer.alloc(0) : Buffer.from(bytes.subarray(end))
    const free = end === null ? bytes : bytes.subarray(0, end)
    if (free.length > 0) yield free
  }
  if (held.length > 0) yield held
  return undefined
}
