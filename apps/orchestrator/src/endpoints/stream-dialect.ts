import type { VendorUsage } from '@quotakeeper/vendors'

/** A text that an event adds, and where it stands in the parsed event, so that it can be replaced. */
export interface TextPiece {
  /** Pieces of one channel are joined by the client: `0.content`. */
  readonly channel: string
  readonly text: string
  readonly replace: (text: string) => void
}

/** Adds up what a stream reports to have used. */
export interface UsageReader {
  add(event: unknown): void
  readonly usage: VendorUsage
}

/** One event as it came. */
export interface StreamEvent {
  /** What stands behind `event:`; undefined without. */
  readonly name: string | undefined
  /** What stands behind `data:`. */
  readonly text: string
  /** The same as JSON; undefined where it is none. */
  readonly parsed: unknown
}

/** What an event says of one of the answers that are streamed side by side. */
export interface ChoiceProgress {
  readonly index: number
  /** Whether it says that this answer is at its end. */
  readonly isFinished: boolean
}

/** How the answers of an endpoint are streamed: all that is its wire format's. */
export interface StreamDialect {
  /** What stands behind `data:` at the very end; null where the last event is an event like the others. */
  readonly endMark: string | null
  /** Reads usage from the events of a vendor. */
  readUsage(vendor: string): UsageReader
  /** An event as it is sent, its blank line included. */
  write(event: unknown): string
  /** The error that an event tells where an answer was expected, as a body that holds nothing else; null for none. */
  errorOf(event: StreamEvent): unknown
  /** Whether an event holds something of the answer. A role, a ping or usage is nothing of it. */
  hasContent(event: unknown): boolean
  /** What an event says of each answer. */
  progressOf(event: unknown): readonly ChoiceProgress[]
  /** The texts that an event adds, wherever clients may find them. */
  textsOf(event: unknown): readonly TextPiece[]
  /** Begins to count one stream: the characters that each event adds to the answer, in code points. */
  countCharacters(): (event: unknown) => number
  /** Whether an event holds a whole answer, in the form that is for calls without a stream. */
  isWholeAnswer(event: unknown): boolean
  /** Whether an event holds nothing but usage, for which not every client asks. */
  isUsageAlone(event: unknown): boolean
  /** The whole answer that events amount to. */
  assemble(events: readonly unknown[]): unknown
  /** The events in which a whole answer is streamed, without the end mark. */
  split(answer: unknown, wantsUsage: boolean): readonly unknown[]
  /** The event by which a client learns that a stream has failed. */
  errorEvent(message: string): unknown
  /** Ids and marks that an event gives of what only its provider can be asked for or can read; none if left out. */
  marksOf?(event: unknown): readonly string[]
}

/** Writes the events of one stream anew for its client. */
export interface StreamRewriter {
  /** Of the events that the client gets. */
  readonly dialect: StreamDialect
  /** Whether it keeps the answer, which takes memory. */
  readonly keepsAnswer: boolean
  /** Whether the client's form has comments, which are signs of life. True if left out. */
  readonly hasComments?: boolean
  /** What the client gets for an event; null where that is the event as it came. */
  take(event: StreamEvent): readonly unknown[] | null
  /** What the client gets at the end of an answer that is whole. */
  end(): readonly unknown[]
  /** By what the client learns that the stream has failed. */
  fail(message: string): readonly unknown[]
}
