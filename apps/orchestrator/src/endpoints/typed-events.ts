import { errorStatusOf, StreamUsage } from '@quotakeeper/vendors'
import { fieldOf, isObject } from '../json-value.js'
import type { StreamDialect, StreamEvent, TextPiece } from './stream-dialect.js'

/** The specifics of a stream format whose events have a `type`. */
export interface TypedEvents {
  /** Types of events with content. */
  readonly contentTypes: readonly string[]
  /** Types of the final event. */
  readonly endTypes: readonly string[]
  /** The text that an event appends; absent if events have none. */
  textOf?(event: unknown): string | null
  /** Accumulates events to the whole answer. */
  assemble(events: readonly unknown[]): unknown
  /** Splits a whole answer into events. */
  split(answer: unknown): readonly unknown[]
}

/** Some vendors end every stream so; OpenAI's streams of this kind have no end mark. */
const foreignEndMark = '[DONE]'

/**
 * Creates the dialect of a stream whose events have a `type`, like OpenAI's newer ones: one answer, ended by its own
 * event.
 */
export function typedEvents(own: TypedEvents): StreamDialect {
  const typeOf = (event: unknown): string => String(fieldOf(event, 'type') ?? '')
  return {
    endMark: null,
    readUsage: vendor => new StreamUsage(vendor),
    write: event => `event: ${typeOf(event)}\ndata: ${JSON.stringify(event)}\n\n`,
    errorOf,
    hasContent: event => own.contentTypes.includes(typeOf(event)),
    progressOf: event =>
      isObject(event) ? [{ index: 0, isFinished: own.endTypes.includes(typeOf(event)) }] : [],
    textsOf: event => textsOf(own, event),
    countCharacters: () => () => 0,
    isWholeAnswer: () => false,
    isUsageAlone: () => false,
    assemble: own.assemble,
    split: own.split,
    errorEvent: message => ({
      type: 'error',
      error: { message, type: 'server_error', param: null, code: 'vendor_failed' },
    }),
  }
}

function errorOf({ name, text, parsed }: StreamEvent): unknown {
  if (text.trimStart().startsWith(foreignEndMark)) return null
  if (!isObject(parsed)) return { error: text }
  if (parsed['error'] || parsed['type'] === 'error' || parsed['object'] === 'error') return parsed
  if (name === 'error') return { error: parsed }
  return parsed['type'] === undefined && errorStatusOf(parsed) !== null ? parsed : null
}

function textsOf(own: TypedEvents, event: unknown): readonly TextPiece[] {
  const text = own.textOf?.(event) ?? null
  if (text === null || text === '' || !isObject(event)) return []
  const replace = (replacement: string): void => {
    Object.assign(event, { delta: replacement })
  }
  return [{ channel: 'delta', text, replace }]
}
