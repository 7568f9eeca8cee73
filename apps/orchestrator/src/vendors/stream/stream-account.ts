import type { VendorUsage } from '@quotakeeper/vendors'
import type { StreamDialect, StreamEvent, UsageReader } from '../../endpoints/stream-dialect.js'
import type { EventFrame } from './event-frames.js'

/** Answers side by side beyond which no more are followed: vendors allow 128. */
const maxChoices = 10_000

/** What is known of a stream before it comes. */
export interface StreamAccountOptions {
  readonly vendor: string
  readonly dialect: StreamDialect
  /** Whether the client has asked for usage: else the event that holds nothing more is kept from it. */
  readonly wantsUsage: boolean
  /** How many answers were asked for; 1 if left out. */
  readonly answerCount?: number
  /** Is given each event that is an answer's; absent where they are not kept. */
  readonly onEvent?: (event: unknown) => void
  /** Is given what its provider alone can be asked for or can read; absent where nobody wants to know. */
  readonly onMarks?: (marks: readonly string[]) => void
}

/** Keeps account of a stream: how much text has come, what it is said to have used, whether it is whole. */
export class StreamAccount {
  readonly #options: StreamAccountOptions
  readonly #usage: UsageReader
  readonly #charactersOf: (event: unknown) => number
  readonly #isFinished = new Map<number, boolean>()
  #characters = 0
  #hasContent = false
  #hasEndMark = false
  #error: unknown = null
  #hasFailed = false

  constructor(options: StreamAccountOptions) {
    this.#options = options
    this.#usage = options.dialect.readUsage(options.vendor)
    this.#charactersOf = options.dialect.countCharacters()
  }

  /** Takes a frame. @returns whether the client is to have it */
  take({ events }: EventFrame): boolean {
    return this.takeAll(events)
  }

  /** Takes events. @returns whether the client is to have them */
  takeAll(events: Iterable<StreamEvent>): boolean {
    let isForClient = true
    const { endMark } = this.#options.dialect
    for (const event of events) {
      // OpenAI's libraries look no further than its first letters.
      if (endMark !== null && event.text.trimStart().startsWith(endMark)) this.#hasEndMark = true
      else isForClient = this.#takeEvent(event) && isForClient
    }
    return isForClient
  }

  /** Characters of text that have come, in code points. */
  get characters(): number {
    return this.#characters
  }

  get usage(): VendorUsage {
    return this.#usage.usage
  }

  /** Whether anything of an answer has come. */
  get hasContent(): boolean {
    return this.#hasContent
  }

  /** Whether each answer that was begun has said that it is at its end, or the stream has behind some content. */
  get isWhole(): boolean {
    if (this.#hasEndMark && this.#hasContent) return true
    return this.#isFinished.size > 0 && [...this.#isFinished.values()].every(Boolean)
  }

  /** The same of a stream whose connection broke: then answers that were not begun are missing, too. */
  get isWholeThoughBroken(): boolean {
    const { answerCount = 1 } = this.#options
    return this.isWhole && (this.#hasEndMark || this.#isFinished.size >= answerCount)
  }

  /** The first error in any event, as a body of its own; null without one. */
  get error(): unknown {
    return this.#error
  }

  /** Whether an error took the place of the answer, or of its end. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  #takeEvent(event: StreamEvent): boolean {
    const { dialect, wantsUsage, onEvent, onMarks } = this.#options
    // A sign of life without a word, at which clients fail.
    const { text, parsed } = event
    if (text.trim() === '') return false
    this.#usage.add(parsed)
    this.#characters += this.#charactersOf(parsed)
    const error = dialect.errorOf(event)
    if (error !== null) {
      this.#error ??= error
      // What comes behind the end is no client's concern.
      this.#hasFailed ||= !this.#hasEndMark || !this.isWhole
      return false
    }
    this.#hasContent ||= dialect.hasContent(parsed)
    for (const { index, isFinished } of dialect.progressOf(parsed)) {
      if (this.#isFinished.size < maxChoices || this.#isFinished.has(index))
        this.#isFinished.set(index, isFinished || this.#isFinished.get(index) === true)
    }
    onEvent?.(parsed)
    if (onMarks !== undefined && dialect.marksOf !== undefined) onMarks(dialect.marksOf(parsed))
    return wantsUsage || !dialect.isUsageAlone(parsed)
  }
}
