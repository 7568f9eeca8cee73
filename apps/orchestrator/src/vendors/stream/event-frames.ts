import { createParser, type EventSourceParser } from 'eventsource-parser'
import type { StreamEvent } from '../../endpoints/stream-dialect.js'
import { parseJson } from '../../parse-json.js'

/** A part of an event stream, unchanged, with the events that it completes: one, or none for a comment. */
export interface EventFrame {
  readonly bytes: Buffer
  readonly events: readonly StreamEvent[]
  /** False for the rest at the end of a stream: clients drop an event without its final blank line. */
  readonly isComplete: boolean
}

/** Longest event; longer ones abort the stream. The largest from vendors contain an image. */
export const maxEventBytes = 8 * 1_024 * 1_024

const firstCapacity = 4_096
const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Splits an event stream after its blank lines, so that events can be read, passed on or dropped, while everything else
 * stays unchanged, byte for byte.
 */
export class EventFrames {
  readonly #parser: EventSourceParser
  readonly #decoder = new TextDecoder()
  readonly #maxBytes: number
  readonly #take: (bytes: number) => void
  #completed: StreamEvent[] = []
  /** Grows by doubling, so that a long event is not copied with each of its chunks. */
  #held: Buffer = Buffer.alloc(0)
  #length = 0
  /** Position at which the search for a blank line continues. */
  #position = 0
  /** Whether the line at this position is empty so far. */
  #isLineEmpty = true

  /** @param take takes memory for buffered bytes in advance; throws if there is none */
  constructor(maxBytes: number = maxEventBytes, take: (bytes: number) => void = () => undefined) {
    this.#maxBytes = maxBytes
    this.#take = take
    this.#parser = createParser({
      onEvent: ({ data, event }) => {
        this.#completed.push({ name: event, text: data, parsed: parseJson(data) })
      },
    })
  }

  /** The frames completed by a chunk. @throws Error for an event that is too long; rethrows errors of `take` */
  push(chunk: Buffer): readonly EventFrame[] {
    this.#append(chunk)
    const frames: EventFrame[] = []
    let start = 0
    for (let end = this.#nextEnd(); end !== null; end = this.#nextEnd()) {
      this.#checkLength(end - start)
      frames.push(this.#frame(this.#held.subarray(start, end)))
      start = end
    }
    if (start > 0) this.#leaveFrom(start)
    this.#checkLength(this.#length)
    return frames
  }

  /** The rest at the end; an event without its blank line is read anyway. */
  end(): readonly EventFrame[] {
    if (this.#length === 0) return []
    const { bytes, events } = this.#frame(this.#held.subarray(0, this.#length))
    this.#length = 0
    this.#parser.feed('\n\n')
    return [{ bytes, events: [...events, ...this.#taken()], isComplete: false }]
  }

  #checkLength(bytes: number): void {
    if (bytes > this.#maxBytes) throw new Error(`an event of more than ${this.#maxBytes} bytes`)
  }

  #append(chunk: Buffer): void {
    const length = this.#length + chunk.length
    this.#take(length)
    if (this.#length === 0) this.#held = chunk
    else {
      // A full buffer is a chunk itself or has no room, so it is not written to.
      if (length > this.#held.length) {
        const grown = Buffer.allocUnsafe(Math.max(firstCapacity, 2 * length))
        this.#held.copy(grown, 0, 0, this.#length)
        this.#held = grown
      }
      chunk.copy(this.#held, this.#length)
    }
    this.#length = length
  }

  /** The end of the next frame; null if its blank line has not arrived. */
  #nextEnd(): number | null {
    while (this.#position < this.#length) {
      const byte = this.#held[this.#position]
      const isReturn = byte === carriageReturn
      // The next byte shows whether a line feed belongs to it.
      if (isReturn && this.#position + 1 === this.#length) return null
      const length = isReturn && this.#held[this.#position + 1] === lineFeed ? 2 : 1
      this.#position += length
      const isLineEnd = isReturn || byte === lineFeed
      if (isLineEnd && this.#isLineEmpty) return this.#position
      this.#isLineEmpty = isLineEnd
    }
    return null
  }

  #leaveFrom(start: number): void {
    // A copy: the rest is usually small, and emitted frames must not be overwritten.
    this.#held = Buffer.from(this.#held.subarray(start, this.#length))
    this.#length = this.#held.length
    this.#position -= start
  }

  #frame(bytes: Buffer): EventFrame {
    this.#isLineEmpty = true
    // The parser waits after a carriage return; here the next byte is known.
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }).replaceAll(/\r\n?/g, '\n'))
    return { bytes, events: this.#taken(), isComplete: true }
  }

  #taken(): readonly StreamEvent[] {
    const events = this.#completed
    this.#completed = []
    return events
  }
}
