import { errorStatusOf, StreamUsage, type VendorUsage } from '@quotakeeper/vendors'
import { parseJson } from '../parse-json.js'
import { type BodyForm, formOf, withoutMark } from '../vendors/body-form.js'
import { reasonOf } from '../vendors/stream/reason-of.js'
import { StreamAccount } from '../vendors/stream/stream-account.js'
import { eventsOf, eventsOfLines, eventsOfList } from '../vendors/stream/whole-events.js'
import type { MeasuredAnswer, RawAnswer, ReadAnswer, RequestedStream } from './endpoint-request.js'
import type { StreamDialect, StreamEvent } from './stream-dialect.js'

/** What is an endpoint's own in answers of JSON. */
export interface JsonFormat {
  /** Whether a whole, parsed body is an answer: a client's SDK can work with it. */
  isAnswer(body: unknown): boolean
  /** The characters of an answer's text, in code points. */
  answerCharacters(body: unknown): number
  /** What a vendor reports to have used. */
  usageOf(body: unknown, vendor: string): VendorUsage
  /** How answers are streamed; null where they never are. */
  readonly stream: StreamDialect | null
  /** Ids and marks of what only its provider can be asked for or can read; none if left out. */
  marksOf?(body: unknown): readonly string[]
  /** Whether an answer is one that its vendor is still making, in the background; none is if left out. */
  isPending?(body: unknown): boolean
}

/** An answer that was found, before it is written for the client. */
export type FoundAnswer =
  | Exclude<ReadAnswer, { kind: 'answer' }>
  /** `isAsItCame` where the bytes are its JSON already. */
  | (MeasuredAnswer & { readonly kind: 'answer'; readonly answer: unknown; readonly isAsItCame: boolean })

/**
 * Reads a whole body by its bytes, whatever its vendor calls it: JSON, or the events of a stream, or lines or a list of
 * JSON, which are put together to the answer that they amount to. The answer is written in the form that the client
 * has asked for.
 *
 * @param stream null where the client wants it whole
 */
export function readJsonAnswer(
  format: JsonFormat,
  raw: RawAnswer,
  stream: RequestedStream | null,
): ReadAnswer {
  const found = findAnswer(format, raw)
  if (found.kind !== 'answer') return found
  const { answer, isAsItCame, ...measured } = found
  try {
    return { ...measured, ...writeAnswer(stream, answer, isAsItCame ? raw.body : null) }
  } catch {
    // A RangeError: a value from JSON can cause no other error.
    return { ...measured, kind: 'none', what: 'an answer that is nested too deeply' }
  }
}

function writeAnswer(
  stream: RequestedStream | null,
  answer: unknown,
  asItCame: Buffer | null,
): Pick<Extract<ReadAnswer, { kind: 'answer' }>, 'kind' | 'contentType' | 'body'> {
  if (stream === null) {
    const body = asItCame ?? Buffer.from(JSON.stringify(answer))
    return { kind: 'answer', contentType: 'application/json', body }
  }
  const { dialect, wantsUsage } = stream
  const events = dialect.split(answer, wantsUsage).map(event => dialect.write(event))
  const end = dialect.endMark === null ? '' : `data: ${dialect.endMark}\n\n`
  return { kind: 'answer', contentType: 'text/event-stream', body: Buffer.from(events.join('') + end) }
}

/** Finds the answer in a whole body by its bytes, in whichever form it came. */
export function findAnswer(format: JsonFormat, raw: RawAnswer): FoundAnswer {
  const body = withoutMark(raw.body)
  const form = formOf(body, raw.contentType, true)
  const dialect = format.stream
  if (form === 'other' || (form === 'events' && dialect === null)) return none(nameOf(body, form))
  if (form === 'events')
    return dialect === null
      ? none('events')
      : readEvents({ format, raw, dialect, read: () => eventsOf(body) })
  const parsed = parseJson(body)
  const list = parsed === undefined ? eventsOfLines(body) : eventsOfList(parsed)
  if (list !== null && dialect !== null) return readEvents({ format, raw, dialect, read: () => list })
  return parsed === undefined
    ? none('JSON that is cut off or broken')
    : readWhole({ format, raw, parsed, body })
}

function readWhole({
  format,
  raw,
  parsed,
  body,
}: {
  readonly format: JsonFormat
  readonly raw: RawAnswer
  readonly parsed: unknown
  readonly body: Buffer
}): FoundAnswer {
  const measured: MeasuredAnswer = {
    usage: () => format.usageOf(parsed, raw.vendor),
    characters: () => format.answerCharacters(parsed),
    marks: () => format.marksOf?.(parsed) ?? [],
    isPending: () => format.isPending?.(parsed) ?? false,
  }
  // A byte order mark does not go on: clients fail at it.
  const isAsItCame = body.length === raw.body.length
  if (format.isAnswer(parsed)) return { kind: 'answer', answer: parsed, isAsItCame, ...measured }
  const error = errorStatusOf(parsed) === null ? null : parsed
  const reported = { ...measured, characters: () => 0 }
  return error === null
    ? { kind: 'none', what: 'JSON that is not an answer', ...reported }
    : { kind: 'error', error, ...reported }
}

function readEvents({
  format,
  raw: { vendor },
  dialect,
  read,
}: {
  readonly format: JsonFormat
  readonly raw: RawAnswer
  readonly dialect: StreamDialect
  readonly read: () => Iterable<StreamEvent>
}): FoundAnswer {
  const events: unknown[] = []
  const account = new StreamAccount({
    vendor,
    dialect,
    wantsUsage: true,
    onEvent: event => events.push(event),
  })
  const measured: MeasuredAnswer = { usage: () => account.usage, characters: () => account.characters }
  try {
    account.takeAll(read())
    if (account.hasFailed) return { kind: 'error', error: account.error, ...measured }
    if (!account.isWhole)
      return { kind: 'none', what: 'a stream that ended before its answer did', ...measured }
    const answer = dialect.assemble(events)
    if (format.isAnswer(answer)) return { kind: 'answer', answer, isAsItCame: false, ...measured }
    return { kind: 'none', what: 'events that are not an answer', ...measured }
  } catch (error) {
    return { kind: 'none', what: reasonOf(error), ...measured }
  }
}

function none(what: string): FoundAnswer {
  return { kind: 'none', what, usage: () => unknownUsage, characters: () => 0 }
}

const unknownUsage = new StreamUsage().usage

function nameOf(body: Buffer, form: BodyForm): string {
  if (form === 'events') return 'a stream of events'
  const text = body.subarray(0, 1_000).toString('latin1').trim()
  if (text === '') return 'an empty body'
  return text.startsWith('<') ? 'a page of HTML' : 'no JSON'
}
