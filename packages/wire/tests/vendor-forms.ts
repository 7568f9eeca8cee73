import type { AnswerOptions, DialectName } from '../src/index.js'
import { StreamTranslator, translateAnswer, translateRequest } from '../src/index.js'

/** The answer context of a request, which must be translatable. */
export function contextFor(from: DialectName, body: object, vendor = 'some-vendor') {
  const translated = translateRequest({ from, to: 'chat', body, target: { vendor } })
  if (!translated.ok) throw new Error(`The request was refused: ${translated.refusal.message}`)
  return translated.context
}

const requests = {
  chat: { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream_options: { include_usage: true } },
  responses: { model: 'm', input: 'Hi' },
  messages: {
    model: 'm',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'Hi' }],
    thinking: { type: 'adaptive' },
  },
}
const ids = { chat: 'chatcmpl-1', responses: 'resp_1', messages: 'msg_1' }

/** Options for a client without special settings. */
export function optionsFor<To extends DialectName>(
  from: DialectName,
  to: To,
  more: Partial<AnswerOptions<To>> = {},
): AnswerOptions<To> {
  const context = contextFor(to, requests[to])
  return { from, to, vendor: 'some-vendor', id: ids[to], createdSeconds: 1_764_000_000, context, ...more }
}

/** All client events for a vendor's events. */
export function streamed<To extends DialectName>(
  events: readonly unknown[],
  options: AnswerOptions<To>,
  isDone = false,
) {
  const translator = new StreamTranslator(options)
  return [...events.flatMap(event => translator.push(event)), ...translator.end(isDone)]
}

/** Translates a whole answer; throws if it is an error. */
export function whole<To extends DialectName>(body: unknown, options: AnswerOptions<To>) {
  const translated = translateAnswer(body, options)
  if (!translated.ok) throw new Error(`No answer: ${translated.error.message}`)
  return translated.answer
}

/** An event of chat completions. */
export function chunk(delta: object, more: object = {}, finishReason: string | null = null): object {
  return {
    id: 'chatcmpl-x',
    object: 'chat.completion.chunk',
    created: 1_764_000_123,
    model: 'vendor-model',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
    ...more,
  }
}

/** A call in an event of chat completions. */
export function called(index: number, piece: { id?: string; name?: string; arguments?: string }): object {
  const { id, name, arguments: given } = piece
  return {
    tool_calls: [
      {
        index,
        ...(id === undefined ? {} : { id, type: 'function' }),
        function: {
          ...(name === undefined ? {} : { name }),
          ...(given === undefined ? {} : { arguments: given }),
        },
      },
    ],
  }
}

export const usage = {
  prompt_tokens: 20,
  completion_tokens: 9,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 4 },
}

/** Reasoning, a text and two parallel calls, as streamed by vendors. */
export const fullChatStream: readonly object[] = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'Let me ' }),
  chunk({ reasoning_content: 'look.' }),
  chunk({ content: 'I will ' }),
  chunk({ content: 'check.' }),
  chunk(called(0, { id: 'call_a', name: 'weather', arguments: '' })),
  chunk(called(0, { arguments: '{"city":' })),
  chunk(called(1, { id: 'call_b', name: 'time', arguments: '{"zo' })),
  chunk(called(0, { arguments: '"Gent"}' })),
  chunk(called(1, { arguments: 'ne":"CET"}' })),
  chunk({}, {}, 'tool_calls'),
  { ...chunk({}), choices: [], usage },
]

/** The same answer, whole. */
export const fullChatAnswer = {
  id: 'chatcmpl-x',
  object: 'chat.completion',
  created: 1_764_000_123,
  model: 'vendor-model',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'I will check.',
        reasoning_content: 'Let me look.',
        tool_calls: [
          { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Gent"}' } },
          { id: 'call_b', type: 'function', function: { name: 'time', arguments: '{"zone":"CET"}' } },
        ],
      },
      finish_reason: 'tool_calls',
    },
  ],
  usage,
}
