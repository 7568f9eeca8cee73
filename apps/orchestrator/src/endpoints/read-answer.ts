import { errorStatusOf, readUsage, StreamUsage, type VendorUsage } from '@quotakeeper/vendors'
import { isObject } from '../json-value.js'
import { parseJson } from '../parse-json.js'
import { type BodyForm, formOf, withoutMark } from '../vendors/body-form.js'
import { EventFrames } from '../vendors/stream/event-frames.js'
import { reasonOf } from '../vendors/stream/reason-of.js'
import { StreamAccount } from '../vendors/stream/stream-account.js'
import type { Door } from './endpoint.js'
import type { StreamDialect, StreamEvent } from './stream-dialect.js'

/** What a body with a status of success is. */
export type ReadAnswer = Measured &
  /** An answer of the endpoint. `isAsItCame` where the bytes are its JSON already. */
  (
    | { readonly kind: 'answer'; readonly answer: unknown; readonly isAsItCame: boolean }
    /** An error that has come with the wrong status. */
    | { readonly kind: 'error'; readonly error: unknown }
    /** Neither: `what` says what it is. */
    | { readonly kind: 'none'; readonly what: string }
  )

interface Measured {
  /** What the vendor has reported of its use. */
  usage(): VendorUsage
  /** Characters of the answer's text, in code points. */
  characters(): number
}

/** What reading an answer needs to know. */
export interface AnswerReading {
  readonly door: Door
  readonly vendor: string
  readonly body: Buffer
  readonly contentType: string | undefined
}

/**
 * Reads a whole body by its bytes, whatever its vendor calls it: JSON, or the events of a stream, or lines or a list of
 * JSON, which are put together to the answer that they amount to.
 */
export function readAnswer(reading: AnswerReading): ReadAnswer {
  const body = withoutMark(reading.body)
  const form = formOf(body, reading.contentType, true)
  const dialect = reading.door.stream
  if (form === 'other' || (form === 'events' && dialect === null)) return none(nameOf(body, form))
  if (form === 'events')
    return dialect === null ? none('events') : readEvents(reading, dialect, () => eventsOf(body))
  const parsed = parseJson(body)
  const list = parsed === undefined ? eventsOfLines(body) : eventsOfList(parsed)
  if (list !== null && dialect !== null) return readEvents(reading, dialect, () => list)
  return parsed === undefined ? none('JSON that is cut off or broken') : readWhole(reading, parsed, body)
}

function readWhole(
  { door, vendor, body: original }: AnswerReading,
  parsed: unknown,
  body: Buffer,
): ReadAnswer {
  const measured: Measured = {
    usage: () => readUsage(parsed, vendor),
    characters: () => door.answerCharacters(parsed),
  }
  // A byte order mark does not go on: clients fail at it.
  const isAsItCame = body.length === original.length
  if (door.isAnswer(parsed)) return { kind: 'answer', answer: parsed, isAsItCame, ...measured }
  const error = errorStatusOf(parsed) === null ? null : parsed
  const reported = { ...measured, characters: () => 0 }
  return error === null
    ? { kind: 'none', what: 'JSON that is no answer', ...reported }
    : { kind: 'error', error, ...reported }
}

function readEvents(
  { door, vendor }: AnswerReading,
  dialect: StreamDialect,
  read: () => Iterable<StreamEvent>,
): ReadAnswer {
  const events: unknown[] = []
  const account = new StreamAccount({
    vendor,
    dialect,
    wantsUsage: true,
    onEvent: event => events.push(event),
  })
  const measured: Measured = { usage: () => account.usage, characters: () => account.characters }
  try {
    account.takeAll(read())
    if (account.hasFailed) return { kind: 'error', error: account.error, ...measured }
    if (!account.isWhole)
      return { kind: 'none', what: 'a stream that ended before its answer did', ...measured }
    const answer = dialect.assemble(events)
    if (door.isAnswer(answer)) return { kind: 'answer', answer, isAsItCame: false, ...measured }
    return { kind: 'none', what: 'events that are no answer', ...measured }
  } catch (error) {
    return { kind: 'none', what: reasonOf(error), ...measured }
  }
}

function none(what: string): ReadAnswer {
  return { kind: 'none', what, usage: () => unknownUsage, characters: () => 0 }
}

const unknownUsage = new StreamUsage().usage

function nameOf(body: Buffer, form: BodyForm): string {
  if (form === 'events') return 'a stream of events'
  const text = body.subarray(0, 1_000).toString('latin1').trim()
  if (text === '') return 'an empty body'
  return text.startsWith('<') ? 'a page of HTML' : 'no JSON'
}

function eventsOf(body: Buffer): readonly StreamEvent[] {
  const frames = new EventFrames()
  return [...frames.push(body), ...frames.end()].flatMap(({ events }) => events)
}

/** A list of objects, as some stream where no events were asked for; null for anything else, and for errors. */
function eventsOfList(parsed: unknown): readonly StreamEvent[] | null {
  if (!Array.isArray(parsed) || parsed.length === 0 || !parsed.every(isObject)) return null
  return errorStatusOf(parsed) === null ? parsed.map(eventOf) : null
}

/** Lines of JSON, one object each; null for anything else. */
function eventsOfLines(body: Buffer): readonly StreamEvent[] | null {
  const lines = body
    .toString('utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
  const events: StreamEvent[] = []
  for (const line of lines) {
    const parsed = parseJson(line)
    if (!isObject(parsed)) return null
    events.push(eventOf(parsed))
  }
  return events
}

/** It is JSON, whatever its text was. */
function eventOf(parsed: unknown): StreamEvent {
  return { name: undefined, text: '{}', parsed }
}

/** The data of the first event where a body is a stream of events; null for anything else. */
export function firstEvent(body: Buffer): Buffer | null {
  if (formOf(body, undefined, true) !== 'events') return null
  try {
    const [event] = eventsOf(withoutMark(body))
    return event === undefined ? null : Buffer.from(event.text)
  } catch {
    // Longer than any event: it says nothing.
    return null
  }
}
