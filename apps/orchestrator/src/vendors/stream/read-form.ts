import type { Readable } from 'node:stream'
import type { AnswerMemory } from '../answer-memory.js'
import { type BodyForm, formOf, withoutMark } from '../body-form.js'

/** A body that is still arriving, of which it is known what it is. */
export interface FormedBody {
  readonly form: BodyForm
  /** All of it, but for a byte order mark. */
  readonly chunks: AsyncGenerator<Buffer, undefined>
}

/** Reads as much of a body as it takes to know its form. Rejects where the body breaks. */
export async function readForm(stream: Readable, contentType: string | undefined): Promise<FormedBody> {
  // A stream of bytes, without an encoding, gives buffers.
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
 * The rest of a body, whole.
 *
 * @param bounds.memory what it takes memory from as it comes; null where it is small in any case
 * @throws Error when it is longer than `maxBytes`, or breaks; NoRoomForAnswer when there is no memory for it
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
