import { createParser, type EventSourceParser } from 'eventsource-parser'

/** A piece of an event stream as it came, with the events that it completes: one, or none in a comment. */
export interface EventFrame {
  readonly bytes: Buffer
  /** What stands behind `data:` of each event. */
  readonly data: readonly string[]
}

/** A longer event is passed on in parts. */
const mostHeldBytes = 1_048_576

const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Cuts an event stream behind its blank lines, so that events can be read, and passed on or left out, while
 * all else stays as it came, byte for byte.
 */
export class EventFrames {
  readonly #parser: EventSourceParser
  readonly #decoder = new TextDecoder()
  #completed: string[] = []
  #held: Buffer = Buffer.alloc(0)
  /** Where to go on looking for a blank line. */
  #position = 0
  /** Whether the line at this position is empty so far. */
  #isLineEmpty = true

  constructor() {
    this.#parser = createParser({
      onEvent: ({ data }) => {
        this.#completed.push(data)
      },
    })
  }

  /** The frames that a chunk completes. */
  push(chunk: Buffer): readonly EventFrame[] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const frames: EventFrame[] = []
    for (let end = this.#nextEnd(); end !== null; end = this.#nextEnd()) frames.push(this.#cut(end))
    // A carriage return may still become one with a line feed.
    const isSure = this.#held.at(-1) !== carriageReturn
    if (this.#held.length > mostHeldBytes && isSure) frames.push(this.#cut(this.#held.length))
    return frames
  }

  /** What is left at the end: an event whose blank line never came is read all the same. */
  end(): readonly EventFrame[] {
    if (this.#held.length === 0) return []
    const { bytes, data } = this.#cut(this.#held.length)
    this.#parser.feed('\n\n')
    return [{ bytes, data: [...data, ...this.#taken()] }]
  }

  /** The end of the first frame; null where its blank line has not come yet. */
  #nextEnd(): number | null {
    while (this.#position < this.#held.length) {
      const byte = this.#held[this.#position]
      const isReturn = byte === carriageReturn
      // Whether a line feed belongs to it shows with the next byte.
      if (isReturn && this.#position + 1 === this.#held.length) return null
      const length = isReturn && this.#held[this.#position + 1] === lineFeed ? 2 : 1
      this.#position += length
      const isLineEnd = isReturn || byte === lineFeed
      if (isLineEnd && this.#isLineEmpty) return this.#position
      this.#isLineEmpty = isLineEnd
    }
    return null
  }

  #cut(end: number): EventFrame {
    const bytes = this.#held.subarray(0, end)
    this.#held = this.#held.subarray(end)
    this.#position = 0
    this.#isLineEmpty = true
    // The parser waits behind a carriage return for what may follow; here it is known.
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }).replaceAll(/\r\n?/g, '\n'))
    return { bytes, data: this.#taken() }
  }

  #taken(): readonly string[] {
    const data = this.#completed
    this.#completed = []
    return data
  }
}
