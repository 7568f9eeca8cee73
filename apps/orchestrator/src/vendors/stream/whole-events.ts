import { errorStatusOf } from '@quotakeeper/vendors'
import type { StreamEvent } from '../../endpoints/stream-dialect.js'
import { isObject } from '../../json-value.js'
import { parseJson } from '../../parse-json.js'
import { formOf, withoutMark } from '../body-form.js'
import { EventFrames } from './event-frames.js'

/** The events of a whole body. @throws Error for an event that is too long */
export function eventsOf(body: Buffer): readonly StreamEvent[] {
  const frames = new EventFrames()
  return [...frames.push(body), ...frames.end()].flatMap(({ events }) => events)
}

/** The events of a JSON array, which some vendors send instead of a stream; null for anything else and for errors. */
export function eventsOfList(parsed: unknown): readonly StreamEvent[] | null {
  if (!Array.isArray(parsed) || parsed.length === 0 || !parsed.every(isObject)) return null
  return errorStatusOf(parsed) === null ? parsed.map(eventOf) : null
}

/** The events of JSON Lines; null for anything else. */
export function eventsOfLines(body: Buffer): readonly StreamEvent[] | null {
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

/** Serialises a parsed value to an event. */
function eventOf(parsed: unknown): StreamEvent {
  return { name: undefined, text: '{}', parsed }
}

/** The data of the first event if a body is an event stream; null for anything else. */
export function firstEvent(body: Buffer): Buffer | null {
  if (formOf(body, undefined, true) !== 'events') return null
  try {
    const [event] = eventsOf(withoutMark(body))
    return event === undefined ? null : Buffer.from(event.text)
  } catch {
    // Longer than any event: not readable.
    return null
  }
}
