import { Readable } from 'node:stream'
import { parseJson } from '../parse-json.js'
import { type EventFrame, EventFrames } from './event-frames.js'
import { isError, type StreamAccount } from './stream-account.js'

/** How a stream ended: whole, cut off or in an error of the vendor's, or no longer wanted. */
export type StreamEnding = 'succeeded' | 'failed' | 'aborted'

/** What a stream begins with. */
export type OpenedStream =
  /** An answer. The body is to be read, or destroyed; `onEnd` is called once then. */
  | { readonly kind: 'answer'; readonly body: Readable }
  /** An error of the vendor's in place of an answer: nothing of it has gone to the client. */
  | { readonly kind: 'error'; readonly event: unknown }
  /** It broke before there was anything. */
  | { readonly kind: 'broken'; readonly reason: string }

/** What opening a stream needs. */
export interface StreamOpening {
  readonly stream: Readable
  readonly account: StreamAccount
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
  readonly onEnd: (ending: StreamEnding) => void
}

/**
 * Waits for a stream's first event, up to which another key may still be tried, and then passes the stream on
 * as it comes, event by event, with the client's own pace. Where it breaks in the middle, the client is told by
 * an event, since the status has long gone out.
 */
export async function openStream(opening: StreamOpening): Promise<OpenedStream> {
  const { stream, signal, account, onEnd } = opening
  const frames = framesOf(stream)
  const held: EventFrame[] = []
  const leave = (): void => {
    stream.destroy()
  }
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  try {
    for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
      held.push(next.value)
      const [first] = next.value.data
      if (first === undefined) continue
      const event = parseJson(first)
      if (!isError(event)) break
      leave()
      return { kind: 'error', event }
    }
  } catch (error) {
    signal.removeEventListener('abort', leave)
    return { kind: 'broken', reason: reasonOf(error) }
  }
  if (held.every(({ data }) => data.length === 0)) {
    signal.removeEventListener('abort', leave)
    return { kind: 'broken', reason: 'the stream ended without an event' }
  }
  let ending: StreamEnding = 'aborted'
  const body = Readable.from(
    passOn({
      held,
      frames,
      account,
      signal,
      setEnding: reached => {
        ending = reached
      },
    }),
    { objectMode: false, highWaterMark: 65_536 },
  )
  // However it came to its end: read to the last byte, broken, or never read at all.
  body.once('close', () => {
    signal.removeEventListener('abort', leaveBody)
    signal.removeEventListener('abort', leave)
    leave()
    onEnd(ending)
  })
  const leaveBody = (): void => {
    body.destroy()
  }
  signal.addEventListener('abort', leaveBody, { once: true })
  if (signal.aborted) leaveBody()
  return { kind: 'answer', body }
}

async function* framesOf(stream: Readable): AsyncGenerator<EventFrame, undefined> {
  const cutter = new EventFrames()
  for await (const chunk of stream) yield* cutter.push(chunk)
  yield* cutter.end()
  return undefined
}

async function* passOn(options: {
  readonly held: readonly EventFrame[]
  readonly frames: AsyncGenerator<EventFrame, undefined>
  readonly account: StreamAccount
  readonly signal: AbortSignal
  readonly setEnding: (ending: StreamEnding) => void
}): AsyncGenerator<Buffer> {
  const { held, frames, account, signal, setEnding } = options
  try {
    for (const frame of held) if (account.take(frame)) yield frame.bytes
    for await (const frame of frames) if (account.take(frame)) yield frame.bytes
    setEnding(account.isWhole && account.error === null ? 'succeeded' : 'failed')
  } catch (error) {
    if (signal.aborted) return
    setEnding('failed')
    yield brokenEvent(reasonOf(error))
  }
}

/** An error in OpenAI's shape, as its clients expect it in a stream. */
function brokenEvent(reason: string): Buffer {
  const message = `The vendor's stream broke (${reason}). What came before is all there is.`
  const error = { message, type: 'server_error', param: null, code: 'vendor_failed' }
  // The blank line before it ends an event that was cut off.
  return Buffer.from(`\n\ndata: ${JSON.stringify({ error })}\n\n`)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
