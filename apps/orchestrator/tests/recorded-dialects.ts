import type { RecordedExchange } from './recorded-exchange.js'
import { events, json, namedEvents, sse } from './recorded-forms.js'

const responseUsage = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 25,
}
const message = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
}
export const responseAnswer = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'm',
  output: [message],
  error: null,
  incomplete_details: null,
  usage: responseUsage,
}
/** As OpenAI's reference has it: what the user said, and all else in an item that the vendor alone can read. */
export const compactedAnswer = {
  id: 'resp_001',
  object: 'response.compaction',
  created_at: 1_764_967_971,
  output: [
    {
      ...{ id: 'msg_000', type: 'message', status: 'completed', role: 'user' },
      content: [{ type: 'input_text', text: 'Fix the test.' }],
    },
    { id: 'cmp_001', type: 'compaction', encrypted_content: 'gAAAAABpM0Yj-of-tests=' },
  ],
  usage: {
    ...{ input_tokens: 139, input_tokens_details: { cached_tokens: 11 } },
    ...{ output_tokens: 438, output_tokens_details: { reasoning_tokens: 64 }, total_tokens: 577 },
  },
}
const begun = { ...responseAnswer, status: 'in_progress', output: [], usage: null }
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }

export const responseEvents = namedEvents(
  ...[
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
    {
      type: 'response.content_part.added',
      ...place,
      part: { type: 'output_text', text: '', annotations: [] },
    },
    { type: 'response.output_text.delta', ...place, delta: 'Hel' },
    { type: 'response.output_text.delta', ...place, delta: 'lo' },
    { type: 'response.output_text.done', ...place, text: 'Hello' },
    { type: 'response.output_item.done', output_index: 0, item: message },
    { type: 'response.completed', response: responseAnswer },
  ].map((event, sequence_number) => ({ ...event, sequence_number })),
)

const messageUsage = {
  input_tokens: 10,
  cache_creation_input_tokens: 200,
  cache_read_input_tokens: 3_000,
  output_tokens: 50,
}
export const messageAnswer = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: messageUsage,
}

export const messageEvents = namedEvents(
  {
    type: 'message_start',
    message: {
      ...messageAnswer,
      content: [],
      stop_reason: null,
      usage: { ...messageUsage, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'ping' },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } },
  { type: 'content_block_stop', index: 0 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 50 },
  },
  { type: 'message_stop' },
)

const chat = { id: 'chatcmpl-1', created: 1, model: 'm' }
const chatUsage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 }
export const chatAnswer = {
  ...chat,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: chatUsage,
}
const chunk = (delta: object, finish_reason: string | null = null) => ({
  ...chat,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason }],
})
export const chatEvents = sse(
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Hel' }),
  chunk({ content: 'lo' }),
  chunk({}, 'stop'),
  { ...chat, object: 'chat.completion.chunk', choices: [], usage: chatUsage },
  '[DONE]',
)

const messages = [{ role: 'user', content: 'hi' }]
const requests = {
  responses: (model: string) => ({ model, input: 'hi', instructions: 'Be kind.' }),
  messages: (model: string) => ({ model, max_tokens: 100, system: 'Be kind.', messages }),
  'chat/completions': (model: string) => ({ model, messages, stream_options: { include_usage: true } }),
} as const
type Dialect = keyof typeof requests

const wholes: Readonly<Record<Dialect, string>> = {
  responses: JSON.stringify(responseAnswer),
  messages: JSON.stringify(messageAnswer),
  'chat/completions': JSON.stringify(chatAnswer),
}
const streams: Readonly<Record<Dialect, string>> = {
  responses: responseEvents,
  messages: messageEvents,
  'chat/completions': chatEvents,
}
const charges: Readonly<Record<Dialect, Readonly<Record<string, unknown>>>> = {
  responses: { inputTokenCount: 20, cachedInputTokenCount: 8, outputTokenCount: 5 },
  messages: { inputTokenCount: 3_210, cachedInputTokenCount: 3_000, outputTokenCount: 50 },
  'chat/completions': { inputTokenCount: 20, cachedInputTokenCount: 0, outputTokenCount: 5 },
}

/** The text of an answer, or of the deltas of a stream; and by what it ends. */
function essenceOf(body: string): string {
  if (body.startsWith('{')) {
    const { output, content, choices, status, stop_reason: reason } = JSON.parse(body)
    const text = output?.[0].content[0].text ?? content?.[0].text ?? choices?.[0].message.content
    return `${text} ${status ?? reason ?? choices?.[0].finish_reason}`
  }
  const datas = body
    .split('\n')
    .filter(line => line.startsWith('data: {'))
    .map(line => JSON.parse(line.slice('data: '.length)))
  const texts = datas.map(({ type, delta, choices }) => {
    if (type === 'response.output_text.delta') return delta
    return delta?.text ?? choices?.[0]?.delta.content ?? ''
  })
  const ends = datas.flatMap(
    ({ response: ended, delta, choices }) =>
      ended?.status ?? delta?.stop_reason ?? choices?.[0]?.finish_reason ?? [],
  )
  return `${texts.join('')} ${ends.at(-1)}`
}

const ends: Readonly<Record<Dialect, string>> = {
  responses: 'Hello completed',
  messages: 'Hello end_turn',
  'chat/completions': 'Hello stop',
}

const ways: readonly (readonly [Dialect, Dialect])[] = [
  ['responses', 'responses'],
  ['messages', 'messages'],
  ['responses', 'chat/completions'],
  ['messages', 'chat/completions'],
  ['responses', 'messages'],
  ['chat/completions', 'messages'],
  ['messages', 'responses'],
  ['chat/completions', 'responses'],
]

/** Responses and Messages as they came, and each dialect translated to the others. */
export const dialectExchanges: readonly RecordedExchange[] = ways.flatMap(([endpoint, vendorEndpoint]) => {
  const isOwn = endpoint === vendorEndpoint
  const to = isOwn ? '' : ` as ${vendorEndpoint}`
  const translated = isOwn ? {} : { vendorEndpoint, essenceOf, read: ends[endpoint] }
  const charge = { requestCount: 1, ...charges[vendorEndpoint] }
  return [
    {
      ...{ endpoint, form: `whole${to}`, request: requests[endpoint], charge },
      ...{ contentType: json, answer: wholes[vendorEndpoint], ...translated },
    },
    {
      ...{ endpoint, form: `streamed${to}`, charge },
      request: (model: string) => ({ ...requests[endpoint](model), stream: true }),
      ...{ contentType: events, answer: streams[vendorEndpoint], ...translated },
    },
  ]
})
