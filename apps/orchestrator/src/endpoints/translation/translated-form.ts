import {
  type AnswerOptions,
  type DialectName,
  readWireError,
  StreamTranslator,
  type WireError,
  writeWireError,
} from '@quotakeeper/wire'
import { parseJson } from '../../parse-json.js'
import type { AnswerForm, Complaint, RawAnswer, ReadAnswer } from '../endpoint-request.js'
import { findAnswer } from '../read-json-answer.js'
import type { StreamDialect, StreamEvent, StreamRewriter } from '../stream-dialect.js'
import type { SpokenDialect } from './spoken-dialect.js'

/** A translation of answers. */
interface Translating {
  /** The vendor's dialect. */
  readonly from: SpokenDialect
  /** The client's. */
  readonly to: SpokenDialect
  readonly isStream: boolean
  readonly options: Omit<AnswerOptions<DialectName>, 'from' | 'to'>
}

/** How answers are read that a vendor gives in one dialect, and written for the client in its own. */
export function translatedForm(translating: Translating): AnswerForm {
  const { from, to, isStream, options } = translating
  const { format } = from
  const newTranslator = (): StreamTranslator<DialectName> =>
    new StreamTranslator({ ...options, from: from.name, to: to.name })
  return {
    stream: isStream
      ? {
          dialect: format.stream,
          wantsUsage: true,
          rewrite: () => new TranslatingRewriter(newTranslator(), to.format.stream, format.stream.endMark),
        }
      : null,
    readAnswer: raw => readTranslated(translating, raw, newTranslator()),
    usageOf: format.usageOf,
    writeComplaint: complaint => translateComplaint(from.name, to.name, complaint),
  }
}

function readTranslated(
  { from, to, isStream }: Translating,
  raw: RawAnswer,
  translator: StreamTranslator<DialectName>,
): ReadAnswer {
  const found = findAnswer(from.format, raw)
  if (found.kind !== 'answer') return found
  const { answer, isAsItCame: _, marks: __, ...measured } = found
  const events = translator.pushWhole(answer)
  const { answer: translated } = translator
  if (!translated.ok) return { ...measured, kind: 'none', what: translated.error.message }
  try {
    if (!isStream) {
      const body = Buffer.from(JSON.stringify(translated.answer))
      return { ...measured, kind: 'answer', contentType: 'application/json', body }
    }
    const { write, endMark } = to.format.stream
    const text = events.map(event => write(event)).join('')
    const body = Buffer.from(endMark === null ? text : `${text}data: ${endMark}\n\n`)
    return { ...measured, kind: 'answer', contentType: 'text/event-stream', body }
  } catch {
    // A RangeError: a value from JSON can cause no other error.
    return { ...measured, kind: 'none', what: 'an answer that is nested too deeply' }
  }
}

/** Translates a stream event by event. */
class TranslatingRewriter implements StreamRewriter {
  readonly keepsAnswer = true
  readonly dialect: StreamDialect
  readonly #translator: StreamTranslator<DialectName>
  readonly #endMark: string | null
  #isDone = false

  constructor(translator: StreamTranslator<DialectName>, dialect: StreamDialect, endMark: string | null) {
    this.#translator = translator
    this.dialect = dialect
    this.#endMark = endMark
  }

  take({ text, parsed }: StreamEvent): readonly unknown[] {
    if (this.#endMark !== null && text.trimStart().startsWith(this.#endMark)) {
      this.#isDone = true
      return []
    }
    return this.#translator.push(parsed)
  }

  end(): readonly unknown[] {
    return this.#translator.end(this.#isDone)
  }

  fail(message: string): readonly unknown[] {
    const events = this.#translator.fail(streamFailure(message))
    return events.length > 0 ? events : [this.dialect.errorEvent(message)]
  }
}

/** A stream that cannot go on. */
function streamFailure(message: string): WireError {
  return { httpStatus: 502, message, code: null, param: null, resetsAtSeconds: null }
}

function translateComplaint(from: DialectName, to: DialectName, complaint: Complaint): Complaint {
  const { httpStatus, body } = complaint
  const parsed = parseJson(body)
  // Vendors that speak several dialects have errors of OpenAI's shape in all of them.
  const error = readWireError(from, parsed, httpStatus) ?? readWireError('chat', parsed, httpStatus)
  const message = `The vendor answered HTTP ${httpStatus} and did not say why.`
  const written = writeWireError(to, error ?? { ...streamFailure(message), httpStatus })
  return { httpStatus, body: Buffer.from(JSON.stringify(written)) }
}
