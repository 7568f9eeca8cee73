import type { StreamDialect, StreamRewriter } from '../../endpoints/stream-dialect.js'
import type { AnswerMemory } from '../answer-memory.js'
import type { EventFrame } from './event-frames.js'

/** Frames on their way to the client. */
export interface FrameFilter {
  /** @returns what may leave now */
  take(frame: EventFrame): readonly Buffer[]
  /** @returns what was still held back */
  end(): readonly Buffer[]
}

interface ClientFramesOptions {
  readonly dialect: StreamDialect
  /** Null where the client gets the events as they come. */
  readonly rewriter: StreamRewriter | null
  readonly filter: FrameFilter
  /** What an answer takes memory from that is kept. */
  readonly memory: AnswerMemory
}

/** What a client gets of a stream: its frames as they came, or the events that they are written anew as. */
export class ClientFrames {
  readonly #options: ClientFramesOptions
  #keptBytes = 0
  #hasEnded = false

  constructor(options: ClientFramesOptions) {
    this.#options = options
  }

  /** What leaves for a frame. @throws NoRoomForAnswer */
  take(frame: EventFrame): readonly Buffer[] {
    const { rewriter, filter, memory } = this.#options
    if (rewriter === null) return filter.take(frame)
    // A comment is a sign of life in any format that has some.
    if (frame.events.length === 0) return rewriter.hasComments === false ? [] : filter.take(frame)
    if (rewriter.keepsAnswer) {
      this.#keptBytes += frame.bytes.length
      memory.take(this.#keptBytes)
    }
    const rewritten = frame.events.map(event => rewriter.take(event))
    if (rewritten.every(events => events === null)) return filter.take(frame)
    return this.#written(rewritten.flatMap(events => events ?? []))
  }

  /** What leaves at the end. */
  end(isWhole: boolean): readonly Buffer[] {
    const { rewriter, filter } = this.#options
    if (rewriter === null || !isWhole || this.#hasEnded) return filter.end()
    this.#hasEnded = true
    const { endMark } = rewriter.dialect
    const mark = endMark !== null ? [Buffer.from(`data: ${endMark}\n\n`)] : []
    return [...this.#written(rewriter.end()), ...filter.end(), ...mark]
  }

  /** By what the client learns that the stream has failed. */
  fail(message: string): Buffer {
    const { rewriter, dialect, filter } = this.#options
    const events = rewriter?.fail(message) ?? [dialect.errorEvent(message)]
    // The blank line before it ends an event that was cut off.
    return Buffer.concat([Buffer.from('\n\n'), ...this.#written(events), ...filter.end()])
  }

  #written(events: readonly unknown[]): readonly Buffer[] {
    const { rewriter, dialect, filter } = this.#options
    return events.flatMap(event => filter.take(frameOf(event, rewriter?.dialect ?? dialect)))
  }
}

/** An event that was made here. */
export function frameOf(parsed: unknown, dialect: StreamDialect): EventFrame {
  // It is JSON, whatever its text would be.
  const events = [{ name: undefined, text: '{}', parsed }]
  return { bytes: Buffer.from(dialect.write(parsed)), events, isComplete: true }
}
