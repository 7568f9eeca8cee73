import { errorStatusOf, StreamUsage } from '@quotakeeper/vendors'
import { type MessagesEvent, StreamTranslator, translateRequest } from '@quotakeeper/wire'
import { fieldOf, givenCharacters, isObject, textCharacters } from '../../json-value.js'
import type { StreamDialect, StreamEvent, TextPiece } from '../stream-dialect.js'
import { textsWithin } from '../texts-within.js'
import { isMessagesAnswer } from './messages-answer.js'
import { blockMarks } from './messages-marks.js'

/** Texts of the answer that an event adds. */
const textFields = ['text', 'thinking', 'partial_json'] as const
/** Behind any stream some vendors send so. */
const foreignEndMark = '[DONE]'

/** How answers of Messages are streamed. */
export const messagesStream: StreamDialect = {
  endMark: null,
  readUsage: vendor => new StreamUsage(vendor),
  write: event => `event: ${String(typeOf(event))}\ndata: ${JSON.stringify(event)}\n\n`,
  errorOf,
  hasContent: event => saidIn(event) > 0 || isHiddenThinking(event) || hasInput(event),
  progressOf: event => (isObject(event) ? [{ index: 0, isFinished: typeOf(event) === 'message_stop' }] : []),
  textsOf,
  countCharacters: () => event => saidIn(event) + calledIn(event),
  isWholeAnswer: event => typeOf(event) === 'message' && isMessagesAnswer(event),
  isUsageAlone: () => false,
  assemble: assembleMessage,
  split: splitMessage,
  errorEvent: message => ({ type: 'error', error: { type: 'api_error', message } }),
  marksOf,
}

function typeOf(event: unknown): unknown {
  return fieldOf(event, 'type')
}

/** Thinking that is not shown comes with the first event of its block. */
function isHiddenThinking(event: unknown): boolean {
  const data = fieldOf(fieldOf(event, 'content_block'), 'data')
  return typeOf(event) === 'content_block_start' && typeof data === 'string' && data !== ''
}

function errorOf({ name, text, parsed }: StreamEvent): unknown {
  if (text.trimStart().startsWith(foreignEndMark)) return null
  if (!isObject(parsed)) return { error: text }
  if (parsed['error'] || parsed['type'] === 'error' || parsed['object'] === 'error') return parsed
  if (name === 'error') return { error: parsed }
  return parsed['type'] === undefined && errorStatusOf(parsed) !== null ? parsed : null
}

/** The characters of what an event says, thinks or gives to a tool. */
function saidIn(event: unknown): number {
  const holder = textHolderOf(event)
  return textFields.reduce((sum, field) => sum + textCharacters(fieldOf(holder, field)), 0)
}

/** The characters of a call that begins: its name, and what some vendors give it at once. */
function calledIn(event: unknown): number {
  const block = fieldOf(event, 'content_block')
  if (typeOf(event) !== 'content_block_start') return 0
  const given = hasInput(event) ? givenCharacters(fieldOf(block, 'input')) : 0
  return textCharacters(fieldOf(block, 'name')) + given
}

function hasInput(event: unknown): boolean {
  const input = fieldOf(fieldOf(event, 'content_block'), 'input')
  return typeOf(event) === 'content_block_start' && isObject(input) && Object.keys(input).length > 0
}

function textsOf(event: unknown): readonly TextPiece[] {
  return textsWithin(textHolderOf(event), String(fieldOf(event, 'index')))
}

/** Some vendors put a text into the first event of a block already. */
function textHolderOf(event: unknown): unknown {
  const type = typeOf(event)
  if (type === 'content_block_start') return fieldOf(event, 'content_block')
  return type === 'content_block_delta' ? fieldOf(event, 'delta') : undefined
}

function translator(id: unknown): StreamTranslator<'messages'> | null {
  const body = { messages: [{ role: 'user', content: '' }], thinking: { type: 'adaptive' } }
  const translated = translateRequest({
    from: 'messages',
    to: 'messages',
    body,
    target: { vendor: '' },
  })
  if (!translated.ok) return null
  return new StreamTranslator({
    ...{ from: 'messages', to: 'messages', vendor: '' },
    id: typeof id === 'string' ? id : 'msg_1',
    createdSeconds: 0,
    context: translated.context,
  })
}

/** The head and the end are the vendor's own, with all of their fields. */
function assembleMessage(events: readonly unknown[]): unknown {
  const head = fieldOf(
    events.find(event => typeOf(event) === 'message_start'),
    'message',
  )
  const read = translator(fieldOf(head, 'id'))
  if (read === null) return null
  for (const event of events) read.push(event)
  read.end()
  const { answer } = read
  if (!answer.ok) return null
  const ends = events.filter(event => typeOf(event) === 'message_delta')
  const usage = [fieldOf(head, 'usage'), ...ends.map(event => fieldOf(event, 'usage'))]
  return {
    ...(isObject(head) ? head : {}),
    content: answer.answer.content,
    ...Object.assign({}, ...ends.map(event => fieldOf(event, 'delta'))),
    usage: Object.assign({}, ...usage.map(filled)),
  }
}

/** Counts that are there: a null at the end takes nothing back. */
function filled(usage: unknown): object {
  return Object.fromEntries(
    Object.entries(isObject(usage) ? usage : {}).filter(([, count]) => count !== null),
  )
}

function splitMessage(answer: unknown): readonly MessagesEvent[] {
  return translator(fieldOf(answer, 'id'))?.pushWhole(answer) ?? []
}

function marksOf(event: unknown): readonly string[] {
  switch (typeOf(event)) {
    case 'content_block_start':
      return blockMarks(fieldOf(event, 'content_block'))
    case 'content_block_delta':
      return blockMarks(fieldOf(event, 'delta'))
    default:
      return []
  }
}
