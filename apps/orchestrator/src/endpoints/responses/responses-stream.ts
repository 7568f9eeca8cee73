import { errorStatusOf, StreamUsage } from '@quotakeeper/vendors'
import { StreamTranslator, translateRequest } from '@quotakeeper/wire'
import { elementsOf, fieldOf, isObject, textCharacters } from '../../json-value.js'
import type { StreamDialect, StreamEvent, TextPiece } from '../stream-dialect.js'
import { textsWithin } from '../texts-within.js'
import { isResponsesAnswer, responsesAnswerCharacters } from './responses-answer.js'
import { answerMarks, itemMarks } from './responses-marks.js'
import { itemCharacters } from './responses-prompt.js'

/** Events that add to an item in `delta`: older ones, and those of other vendors, name it behind a line. */
const deltaEvent = /^response\..+[._]delta$/
/** Sounds as base64, which are no text. */
const soundEvent = 'response.audio.delta'
/** Items beyond which no more are followed. */
const maxItems = 10_000
/** Events that end the answer. */
const endTypes: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete'])
/** Behind any stream some vendors send so. */
const foreignEndMark = '[DONE]'

/** How answers of Responses are streamed. */
export const responsesStream: StreamDialect = {
  endMark: null,
  readUsage: vendor => new StreamUsage(vendor),
  write: event => `event: ${String(typeOf(event))}\ndata: ${JSON.stringify(event)}\n\n`,
  errorOf,
  hasContent: event => isDelta(event) || (isEnd(event) && hasOutput(fieldOf(event, 'response'))),
  progressOf: event => (isObject(event) ? [{ index: 0, isFinished: isEnd(event) }] : []),
  textsOf,
  countCharacters: countItems,
  isWholeAnswer: event => typeOf(event) === undefined && isResponsesAnswer(event),
  isUsageAlone: () => false,
  assemble: assembleResponse,
  split: splitResponse,
  errorEvent: message => ({
    type: 'response.failed',
    sequence_number: 0,
    response: { ...emptyResponse, error: { code: 'server_error', message } },
  }),
  marksOf,
}

/** An answer that has failed before anything of it was known. */
export const emptyResponse = {
  id: 'resp_failed',
  object: 'response',
  created_at: 0,
  model: '',
  status: 'failed',
  output: [],
  usage: null,
}

function typeOf(event: unknown): unknown {
  return fieldOf(event, 'type')
}

function isDelta(event: unknown): boolean {
  const type = typeOf(event)
  const delta = fieldOf(event, 'delta')
  return typeof type === 'string' && deltaEvent.test(type) && (isObject(delta) || textCharacters(delta) > 0)
}

/**
 * Counts the deltas of each item and, once it is done, what came without any: its name, and all of it at vendors that give
 * items whole.
 */
function countItems(): (event: unknown) => number {
  const counted = new Map<unknown, number>()
  return event => {
    const isDone = typeOf(event) === 'response.output_item.done'
    const isBegun = typeOf(event) === 'response.output_item.added'
    if (!isDone && !isBegun && !isDelta(event)) return 0
    const item = fieldOf(event, 'item')
    const key = fieldOf(event, 'item_id') ?? fieldOf(item, 'id') ?? fieldOf(event, 'output_index')
    const before = counted.get(key) ?? 0
    const added = isDone
      ? Math.max(0, itemCharacters(item) - before)
      : isBegun
        ? textCharacters(fieldOf(item, 'name'))
        : deltaCharacters(event)
    if (counted.size < maxItems || counted.has(key)) counted.set(key, before + added)
    return added
  }
}

function deltaCharacters(event: unknown): number {
  const delta = fieldOf(event, 'delta')
  if (typeOf(event) === soundEvent) return 0
  return isObject(delta) ? textCharacters(fieldOf(delta, 'text')) : textCharacters(delta)
}

function isEnd(event: unknown): boolean {
  return endTypes.has(typeOf(event))
}

function hasOutput(response: unknown): boolean {
  return responsesAnswerCharacters(response) > 0
}

/** `response.failed`, an event `error`, or what is no event of this dialect at all. */
function errorOf({ name, text, parsed }: StreamEvent): unknown {
  if (text.trimStart().startsWith(foreignEndMark)) return null
  if (!isObject(parsed)) return { error: text }
  if (parsed['type'] === 'response.failed' || parsed['type'] === 'response.cancelled')
    return { error: fieldOf(parsed['response'], 'error') ?? { message: String(parsed['type']) } }
  if (parsed['type'] === 'error') return parsed['error'] ? parsed : { error: parsed }
  if (parsed['error'] || parsed['object'] === 'error') return parsed
  if (name === 'error') return { error: parsed }
  return parsed['type'] === undefined && errorStatusOf(parsed) !== null ? parsed : null
}

function textsOf(event: unknown): readonly TextPiece[] {
  if (!isDelta(event) || !isObject(event)) return []
  const { type, item_id: item, content_index: place, summary_index: summary, delta } = event
  const channel = [item, type, place ?? summary ?? 0].join(' ')
  if (typeof delta !== 'string') return textsWithin(delta, channel)
  const replace = (replacement: string): void => {
    Object.assign(event, { delta: replacement })
  }
  return [{ channel, text: delta, replace }]
}

/** The content of the last event; some vendors omit there what earlier events had. */
function assembleResponse(events: readonly unknown[]): unknown {
  const response = fieldOf(events.findLast(isEnd), 'response')
  if (!isObject(response)) return null
  const items = events
    .filter(event => typeOf(event) === 'response.output_item.done')
    .map(event => fieldOf(event, 'item'))
  return elementsOf(response['output']).length > 0 ? response : { ...response, output: items }
}

function splitResponse(answer: unknown): readonly unknown[] {
  const id = fieldOf(answer, 'id')
  const translated = translateRequest({
    from: 'responses',
    to: 'responses',
    body: { input: '' },
    target: { vendor: '' },
  })
  if (!translated.ok) return []
  const events = new StreamTranslator({
    ...{ from: 'responses', to: 'responses', vendor: '' },
    id: typeof id === 'string' ? id : 'resp_1',
    createdSeconds: 0,
    context: translated.context,
  }).pushWhole(answer)
  // The answer at the end is the vendor's own, with all of its fields.
  return events.map(event => (isEnd(event) && isObject(event) ? { ...event, response: answer } : event))
}

function marksOf(event: unknown): readonly string[] {
  switch (typeOf(event)) {
    case 'response.created':
    case 'response.completed':
    case 'response.incomplete':
      return answerMarks(fieldOf(event, 'response'))
    case 'response.output_item.done':
      return itemMarks(fieldOf(event, 'item'))
    default:
      return []
  }
}
