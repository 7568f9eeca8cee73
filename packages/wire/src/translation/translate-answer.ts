import type { AnswerDelta, AnswerReader, AnswerWriter } from '../answer/answer-delta.js'
import { cutError, type WireError } from '../answer/wire-error.js'
import { idBaseOf } from '../answer/write-options.js'
import type { AnswerContext } from './answer-context.js'
import { type DialectName, dialects, type Wires } from './dialects.js'

/** How an answer is to be translated. */
export interface AnswerOptions<To extends DialectName> {
  /** The dialect of the vendor. */
  readonly from: DialectName
  /** The dialect of the client. */
  readonly to: To
  /** The vendor's name in the configuration. */
  readonly vendor: string
  /** The answer's id, in the form of the client's dialect; it must be unique, since ids of parts are made of it. */
  readonly id: string
  /** Epoch seconds; the vendor's own instant is preferred. */
  readonly createdSeconds: number
  /** As `translateRequest` has returned it. */
  readonly context: AnswerContext
  /** How many characters of an answer are translated at most, in code units. Default: 33,554,432. */
  readonly maxCharacters?: number
}

const defaultMaxCharacters = 33_554_432
/** So many calls one answer may have. */
const maxCalls = 1_024

/** What came of translating a whole answer. */
export type AnswerTranslation<To extends DialectName> =
  | { readonly ok: true; readonly answer: Wires[To]['answer'] }
  /** It was an error, or no answer at all. */
  | { readonly ok: false; readonly error: WireError }

/** Translates a whole answer, given as parsed JSON. It is what the events of the same answer amount to. */
export function translateAnswer<To extends DialectName>(
  body: unknown,
  options: AnswerOptions<To>,
): AnswerTranslation<To> {
  const translator = new StreamTranslator(options)
  translator.pushWhole(body)
  return translator.answer
}

/** Translates the events of one answer, given as parsed JSON. It keeps the answer's text, and nothing else of events. */
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

  /** What a client gets for one event of the vendor's; often nothing. */
  push(event: unknown): Wires[To]['event'][] {
    return this.#hasEnded ? [] : this.#write(this.#reader.push(event))
  }

  /** All that a client gets for a whole answer, where the vendor gave one instead of a stream. */
  pushWhole(body: unknown): Wires[To]['event'][] {
    if (this.#hasEnded) return []
    const events = this.#write(this.#reader.pushWhole(body))
    this.#hasEnded = true
    return this.#error === null ? [...events, ...this.#writer.end()] : events
  }

  /**
   * What a client gets when the vendor's stream has ended: the end of its answer, or the error of one that was cut.
   *
   * @param isDone whether the stream's own end mark was seen (`[DONE]`): then a vendor that tells no reason has ended
   */
  end(isDone = false): Wires[To]['event'][] {
    if (this.#hasEnded) return []
    const events = this.#write(this.#reader.end(isDone))
    this.#hasEnded = true
    return this.#error === null ? [...events, ...this.#writer.end()] : events
  }

  /** What a client gets when the gateway ends the stream by itself. */
  fail(error: WireError): Wires[To]['event'][] {
    if (this.#hasEnded || this.#error !== null) return []
    this.#hasEnded = true
    return this.#write([{ type: 'error', error }])
  }

  /** The whole answer of a stream that has ended, for a client that has not asked for one. */
  get answer(): AnswerTranslation<To> {
    const error = this.#error ?? (this.#hasEnded ? null : cutError)
    if (error !== null) return { ok: false, error }
    // A writer's answer is its dialect's, but for errors, which have just been returned.
    return { ok: true, answer: this.#writer.answer as Wires[To]['answer'] }
  }

  /** The error by which the answer has failed; null as long as it has not. */
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
