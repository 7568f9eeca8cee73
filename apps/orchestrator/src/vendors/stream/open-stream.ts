import { Readable } from 'node:stream'
import type { StreamDialect, StreamRewriter } from '../../endpoints/stream-dialect.js'
import { type AnswerMemory, NoRoomForAnswer } from '../answer-memory.js'
import { ClientFrames, type FrameFilter, frameOf } from './client-frames.js'
import { type EventFrame, EventFrames, maxEventBytes } from './event-frames.js'
import { reasonOf } from './reason-of.js'
import type { StreamAccount } from './stream-account.js'

/** How a stream ended: whole, cut off or in an error of the vendor's, or no longer wanted. */
export type StreamEnding = 'succeeded' | 'failed' | 'aborted'

/** What a stream begins with. */
export type OpenedStream =
  /** An answer. The body is to be read, or destroyed; `onEnd` is called once then. */
  | { readonly kind: 'answer'; readonly body: Readable }
  /** An error of the vendor's in place of an answer: nothing of it has gone to the client. The account has it. */
  | { readonly kind: 'error' }
  /** It broke, or ended, before there was anything. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** There is no memory for an event of it. */
  | { readonly kind: 'noRoom' }

/** What opening a stream needs. */
export interface StreamOpening {
  /** What the chunks come from: destroyed when it is left. */
  readonly stream: Readable
  readonly chunks: AsyncIterable<Buffer>
  readonly account: StreamAccount
  readonly dialect: StreamDialect
  /** Null where the client gets the events as they come. */
  readonly rewriter: StreamRewriter | null
  /** What an event takes memory from while it arrives, and until the call has ended: a client may read it slowly. */
  readonly memory: AnswerMemory
  /** Takes secrets out of what goes to the client, frame by frame; it may hold frames back and give them later. */
  readonly filter: FrameFilter
  /** Words for the client of an error that came in the middle, from the body that the account has. */
  readonly describe: (error: unknown) => string
  /** How long to wait for the first content; then what has come is passed on. */
  readonly holdMs: number
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
  readonly onEnd: (ending: StreamEnding) => void
}

/** Behind an error a vendor may still tell what it has cost; nobody waits for more. */
const maxDrainMs = 250
const maxDrainedFrames = 100

/** Held back while there is no content: another key may still answer. With more, the stream is passed on. */
const maxHeldBytes = 65_536

const noRoomForEvent =
  'This gateway has no memory for an event of the stream; raise QUOTA_GATEWAY_MEMORY_BYTES to allow more. Nothing more will follow.'

type Frames = AsyncGenerator<EventFrame, undefined>
type NextFrame = Promise<IteratorResult<EventFrame, undefined>>

/**
 * Waits for a stream's first content, up to which another key may still be tried, and then passes the stream on
 * as it arrives, event by event, at the client's pace. If it breaks, reports an error, or ends before the answer is complete, the client gets an event, since the status was sent long before.
 */
export async function openStream(opening: StreamOpening): Promise<OpenedStream> {
  const { stream, signal, account, holdMs, onEnd } = opening
  const leave = (): void => {
    stream.destroy()
  }
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  const frames = framesOf(opening)
  const held: EventFrame[] = []
  const deadline = new Deadline(holdMs)
  let awaited: NextFrame | null = null
  let heldBytes = 0
  try {
    while (!account.hasContent && !account.isWhole && !account.hasFailed && heldBytes <= maxHeldBytes) {
      awaited ??= frames.next()
      const result = await deadline.before(awaited)
      if (result === null) break
      awaited = null
      if (result.done === true) throw new Error('the stream ended without an answer')
      heldBytes += result.value.bytes.length
      if (account.take(result.value)) held.push(result.value)
    }
  } catch (error) {
    signal.removeEventListener('abort', leave)
    leave()
    if (error instanceof NoRoomForAnswer) return { kind: 'noRoom' }
    return { kind: 'broken', reason: reasonOf(error) }
  } finally {
    deadline.clear()
  }
  if (account.hasFailed) {
    await drain(frames, account)
    signal.removeEventListener('abort', leave)
    leave()
    return { kind: 'error' }
  }
  // Should it fail before anyone reads on.
  awaited?.catch(() => undefined)
  let ending: StreamEnding = 'aborted'
  const setEnding = (reached: StreamEnding): void => {
    ending = reached
  }
  const body = Readable.from(passOn({ ...opening, held, awaited, frames, setEnding }), {
    objectMode: false,
    highWaterMark: 65_536,
  })
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

/** Takes account of what comes right behind an error. */
async function drain(frames: Frames, account: StreamAccount): Promise<void> {
  const deadline = new Deadline(maxDrainMs)
  try {
    for (let count = 0; count < maxDrainedFrames; count++) {
      const next = frames.next()
      // Should it fail when nobody waits for it any more.
      next.catch(() => undefined)
      const result = await deadline.before(next)
      if (result === null || result.done === true) return
      account.take(result.value)
    }
  } catch {
    // The stream has failed already: that it broke as well adds nothing.
  } finally {
    deadline.clear()
  }
}

/** A time limit that several waits share. */
class Deadline {
  readonly #passed: Promise<null>
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number) {
    this.#passed = new Promise(resolve => {
      this.#timer = setTimeout(() => resolve(null), ms)
    })
  }

  /** What is awaited; null where the time is over first. */
  before<T>(awaited: Promise<T>): Promise<T | null> {
    return Promise.race([awaited, this.#passed])
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}

async function* framesOf({ chunks, dialect, memory }: StreamOpening): Frames {
  const cutter = new EventFrames(maxEventBytes, bytes => memory.take(bytes))
  const pieces = (frames: readonly EventFrame[]): readonly EventFrame[] =>
    frames.flatMap(frame => inPieces(frame, dialect))
  for await (const chunk of chunks) for (const frame of pieces(cutter.push(chunk))) yield frame
  for (const frame of pieces(cutter.end())) yield frame
  return undefined
}

/** The frame as it is; but a whole answer in one event, at which clients fail, in the events that they expect. */
function inPieces(frame: EventFrame, dialect: StreamDialect): EventFrame | readonly EventFrame[] {
  const [event] = frame.events
  if (event === undefined || !dialect.isWholeAnswer(event.parsed)) return frame
  return dialect.split(event.parsed, true).map(parsed => frameOf(parsed, dialect))
}

interface Passing extends StreamOpening {
  readonly held: readonly EventFrame[]
  /** The next frame, where it is awaited already. */
  readonly awaited: NextFrame | null
  readonly frames: Frames
  readonly setEnding: (ending: StreamEnding) => void
}

async function* passOn({ held, awaited, frames, ...opening }: Passing): AsyncGenerator<Buffer> {
  const { account, describe, signal, setEnding } = opening
  const client = new ClientFrames(opening)
  const failed = (message: string): Buffer => {
    setEnding('failed')
    return client.fail(message)
  }
  try {
    let last: EventFrame | undefined
    for (const frame of held) {
      last = frame
      for (const bytes of client.take(frame)) yield bytes
    }
    for (let result = await (awaited ?? frames.next()); result.done !== true; result = await frames.next()) {
      const frame = result.value
      const isForClient = account.take(frame)
      if (account.hasFailed) break
      if (!isForClient) continue
      last = frame
      for (const bytes of client.take(frame)) yield bytes
    }
    const isWhole = account.isWhole && !account.hasFailed
    for (const bytes of client.end(isWhole)) yield bytes
    if (account.hasFailed) {
      yield failed(describe(account.error))
      await drain(frames, account)
    } else if (!isWhole) yield failed('The stream of the vendor ended before its answer did.')
    else {
      if (last?.isComplete === false) yield Buffer.from('\n\n')
      setEnding('succeeded')
    }
  } catch (error) {
    if (signal.aborted) return
    const isWhole = account.isWholeThoughBroken && !account.hasFailed
    for (const bytes of client.end(isWhole)) yield bytes
    // Nothing is missing of the answer; only its connection did not end as it should.
    if (isWhole) setEnding('succeeded')
    else if (error instanceof NoRoomForAnswer) yield failed(noRoomForEvent)
    else yield failed(`The vendor's stream broke (${reasonOf(error)}). Nothing more will follow.`)
  }
}
