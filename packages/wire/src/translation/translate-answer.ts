import type { AnswerDelta, AnswerReader, AnswerWriter } from '../answer/answer-delta.js'
import { cutError, type WireError } from '../answer/wire-error.js'
import { idBaseOf } from '../answer/write-options.js'
import type { AnswerContext } from './answer-context.js'
import { type DialectName, dialects, type Wires } from './dialects.js'

/** Options of an answer's translation. */
export interface AnswerOptions<To extends DialectName> {
  /** The dialect of the vendor. */
  readonly from: DialectName
  /** The dialect of the client. */
  readonly to: To
  /** The vendor's name in the configuration. */
  readonly vendor: string
  /** The answer's id, in the form of the client's dialect; must be unique, since ids of parts derive from it. */
  readonly id: string
  /** Epoch seconds; the vendor's own instant takes precedence. */
  readonly createdSeconds: number
  /** As returned by `translateRequest`. */
  readonly context: AnswerContext
  /** Most characters of an answer, in UTF-16 code units. Default: 33,554,432. */
  readonly maxCharacters?: number
}

const defaultMaxCharacters = 33_554_432
/** Most calls of an answer. */
const maxCalls = 1_024

/** The result of translating a whole answer. */
export type AnswerTranslation<To extends DialectName> =
  | { readonly ok: true; readonly answer: Wires[To]['answer'] }
  /** The body was an error, or not an answer. */
  | { readonly ok: false; readonly error: WireError }

/** Translates a whole answer, given as parsed JSON. The result equals the accumulated events of the same answer. */
export function translateAnswer<To extends DialectName>(
  body: unknown,
  options: AnswerOptions<To>,
): AnswerTranslation<To> {
  const translator = new StreamTranslator(options)
  translator.pushWhole(body)
  return translator.answer
}

/** Translates the events of one answer, given as parsed JSON. Keeps only the answer's content. */
export class StreamTranslator<To extends DialectName> {
  readonly #reader: AnswerReader
  readonly #writer: AnswerWriter<Wires[To]['event'], unknown>
  #error: WireError | null = null
  #hasEnded = false

  constructor(options: AnswerOptions<To>) {
    const { reader, writer } = createParts(options)
    this.#reader = reader
    this.#writer = writer
  }

  /** The client's events for one event of the vendor; often none. */
  push(event: unknown): Wires[To]['event'][] {
    return this.#hasEnded ? [] : this.#write(this.#reader.push(event))
  }

  /** All client events for a whole answer, if the vendor sent one instead of a stream. */
  pushWhole(body: unknown): Wires[To]['event'][] {
    if (this.#hasEnded) return []
    const events = this.#write(this.#reader.pushWhole(body))
    this.#hasEnded = true
    return this.#error === null ? [...events, ...this.#writer.end()] : events
  }

  /**
   * The client's events at the end of the vendor's stream: the end of the answer, or an error if it was truncated.
   *
   * @param isDone whether the end mark (`[DONE]`) was seen; an answer without a reason is then complete
   */
  end(isDone = false): Wires[To]['event'][] {
    if (this.#hasEnded) return []
    const events = this.#write(this.#reader.end(isDone))
    this.#hasEnded = true
    return this.#error === null ? [...events, ...this.#writer.end()] : events
  }

  /** The client's events when the gateway fails the stream. */
  fail(error: WireError): Wires[To]['event'][] {
    if (this.#hasEnded || this.#error !== null) return []
    this.#hasEnded = true
    return this.#write([{ type: 'error', error }])
  }

  /** The whole answer of an ended stream, for a client that did not request a stream. */
  get answer(): AnswerTranslation<To> {
    const error = this.#error ?? (this.#hasEnded ? null : cutError)
    if (error !== null) return { ok: false, error }
    // A writer's answer has its dialect's type; errors were returned above.
    return { ok: true, answer: this.#writer.answer as Wires[To]['answer'] }
  }

  /** The error of a failed answer; null otherwise. */
  get error(): WireError | null {
    return this.#error
  }

  #write(deltas: readonly AnswerDelta[]): Wires[To]['event'][] {
    return deltas.flatMap(delta => {
      if (delta.type === 'error') this.#error ??= delta.error
      return this.#writer.push(delta)
    })
  }
}

function createParts<To extends DialectName>(
  options: AnswerOptions<To>,
): { readonly reader: AnswerReader; readonly writer: AnswerWriter<Wires[To]['event'], unknown> } {
  const { from, to, vendor, id, createdSeconds, context, maxCharacters = defaultMaxCharacters } = options
  return {
    reader: dialects[from].createReader({
      vendor,
      toolNames: context.toolNames,
      idBase: idBaseOf(id),
      maxCharacters,
      maxCalls,
    }),
    writer: dialects[to].createWriter({ id, createdSeconds, context }),
  }
}
