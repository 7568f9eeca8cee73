import type { Readable } from 'node:stream'
import type { AnswerMemory } from '../answer-memory.js'
import { type BodyForm, formOf, withoutMark } from '../body-form.js'

/** An arriving body with a known form. */
export interface FormedBody {
  readonly form: BodyForm
  /** The whole body, without a byte order mark. */
  readonly chunks: AsyncGenerator<Buffer, undefined>
}

/** Reads a body until its form is known. Rejects if the body breaks. */
export async function readForm(stream: Readable, contentType: string | undefined): Promise<FormedBody> {
  // A stream without an encoding yields buffers.
  const iterator: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]()
  let start: Buffer = Buffer.alloc(0)
  let form: BodyForm | null = null
  while (form === null) {
    const next = await iterator.next()
    const isAll = next.done === true
    if (!isAll) start = start.length === 0 ? next.value : Buffer.concat([start, next.value])
    form = formOf(start, contentType, isAll)
    if (isAll) break
  }
  return { form: form ?? 'other', chunks: chunksOf(withoutMark(start), iterator) }
}

async function* chunksOf(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, undefined> {
  if (start.length > 0) yield start
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  return undefined
}

/**
 * Reads the rest of a body.
 *
 * @param bounds.memory memory for the body as it arrives; null if always small
 * @throws Error if it is longer than `maxBytes` or breaks; NoRoomForAnswer if there is no memory for it
 */
export async function readWhole(
  chunks: AsyncIterable<Buffer>,
  { maxBytes, memory }: { readonly maxBytes: number; readonly memory: AnswerMemory | null },
): Promise<Buffer> {
  const read: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`an answer of more than ${maxBytes} bytes`)
    memory?.take(bytes)
    read.push(chunk)
  }
  const [only] = read
  const whole = only !== undefined && read.length === 1 ? only : Buffer.concat(read)
  memory?.takeWhole(whole)
  return whole
}
