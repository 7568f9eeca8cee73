import type { Reaction } from '@quotakeeper/test-kit'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
let fixture: Fixture
let client: OpenAI
let calls = 0

beforeAll(async () => {
  api = await sharedTestApi()
  fixture = await startFixture(api, { keys: { a: {} } })
  client = new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', maxRetries: 0 })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

function answerWith(body: string, contentType: string | null): void {
  const headers: Record<string, string> = contentType === null ? {} : { 'content-type': contentType }
  const bytes = Buffer.from(body)
  const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 2), bytes.subarray(2)]
  const reaction: Reaction = { kind: 'pieces', headers, pieces }
  fixture.vendor.respondWith(() => reaction)
}

/** The charge of the last call. */
async function charged() {
  calls++
  const rows = async () =>
    (await api.client.usage.ledger.query({ providerName: fixture.nameOf('a'), pageSize: 10_000 })).rows
  await expect
    .poll(async () => (await rows()).filter(({ state }) => state === 'committed').length)
    .toBe(calls)
  return (await rows())[0]
}

const usage = { prompt_tokens: 700, completion_tokens: 300, total_tokens: 1_000 }
const exact = { outcome: 'succeeded', inputTokenCount: 700, outputTokenCount: 300, estimated: false }
const head = { id: 'c1', created: 7, model: 'vendor-model', system_fingerprint: 'fp' }
const piece = (delta: object, finish_reason: string | null = null, more: object = {}): object => ({
  ...head,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason, ...more }],
})
const call = (index: number, more: object): object => ({ tool_calls: [{ index, ...more }] })
const logprobs = (token: string): object => ({
  logprobs: { content: [{ token, logprob: -1 }], refusal: null },
})

/** Events, and the message, reason and choices accumulated from them. */
const streams: readonly (readonly [string, readonly object[], object])[] = [
  [
    'a text',
    [
      piece({ role: 'assistant', content: '' }),
      piece({ content: 'höl' }),
      piece({ content: 'lo😀' }),
      piece({}, 'stop'),
    ],
    { choices: [{ index: 0, message: { role: 'assistant', content: 'höllo😀' }, finish_reason: 'stop' }] },
  ],
  [
    'called functions in pieces',
    [
      piece({ role: 'assistant', content: null }),
      piece(call(0, { id: 'c0', type: 'function', function: { name: 'weather', arguments: '' } })),
      piece(call(0, { function: { arguments: '{"city":' } })),
      piece(call(1, { id: 'c1', type: 'function', function: { name: 'time', arguments: '{' } })),
      piece(call(0, { function: { arguments: '"Ghent"}' } })),
      piece(call(1, { function: { arguments: '}' } })),
      piece({}, 'tool_calls'),
    ],
    {
      choices: [
        {
          message: {
            content: null,
            tool_calls: [
              { id: 'c0', type: 'function', function: { name: 'weather', arguments: '{"city":"Ghent"}' } },
              { id: 'c1', type: 'function', function: { name: 'time', arguments: '{}' } },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
    },
  ],
  [
    'functions without an index, whole, or named again in each piece',
    [
      piece({ tool_calls: [{ id: 'c0', type: 'function', function: { name: 'f', arguments: '{}' } }] }),
      piece({ tool_calls: [{ id: 'c1', type: 'function', function: { name: 'g', arguments: '{' } }] }),
      piece(
        { tool_calls: [{ id: 'c1', type: 'function', function: { name: 'g', arguments: '}' } }] },
        'tool_calls',
      ),
    ],
    {
      choices: [
        {
          message: {
            tool_calls: [
              { id: 'c0', function: { name: 'f', arguments: '{}' } },
              { id: 'c1', function: { name: 'g', arguments: '{}' } },
            ],
          },
        },
      ],
    },
  ],
  [
    'reasoning and a refusal',
    [
      piece({ reasoning_content: 'th', reasoning: 'a' }),
      piece({
        reasoning_content: 'ink',
        reasoning: 'b',
        reasoning_details: [{ index: 0, type: 'reasoning.text', text: 'x' }],
      }),
      piece({ refusal: 'I ', reasoning_details: [{ index: 0, type: 'reasoning.text', text: 'y' }] }),
      piece({ refusal: 'cannot' }, 'stop'),
    ],
    {
      choices: [
        {
          message: {
            reasoning_content: 'think',
            reasoning: 'ab',
            refusal: 'I cannot',
            reasoning_details: [{ type: 'reasoning.text', text: 'xy' }],
          },
        },
      ],
    },
  ],
  [
    'several answers, of which the second begins first',
    [
      { ...head, choices: [{ index: 1, delta: { content: 'b' }, finish_reason: null }] },
      { ...head, choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'length' }] },
      { ...head, choices: [{ index: 1, delta: { content: 'B' }, finish_reason: 'stop' }] },
    ],
    {
      choices: [
        { index: 0, message: { content: 'a' }, finish_reason: 'length' },
        { index: 1, message: { content: 'bB' }, finish_reason: 'stop' },
      ],
    },
  ],
  [
    'probabilities',
    [piece({ content: 'a' }, null, logprobs('a')), piece({ content: 'b' }, 'stop', logprobs('b'))],
    { choices: [{ logprobs: { content: [{ token: 'a' }, { token: 'b' }] } }] },
  ],
  [
    'a filter and its results',
    [
      { choices: [], prompt_filter_results: [1] },
      piece({ content: 'a' }, 'content_filter', { content_filter_results: { hate: {} } }),
    ],
    {
      prompt_filter_results: [1],
      choices: [{ finish_reason: 'content_filter', content_filter_results: { hate: {} } }],
    },
  ],
  [
    'names that mean something to JavaScript',
    [
      JSON.parse(
        '{"choices":[{"delta":{"content":"a","__proto__":{"x":1},"constructor":"y"},"finish_reason":"stop"}]}',
      ),
    ],
    { choices: [{ message: { content: 'a', constructor: 'y' } }] },
  ],
]

const forms: readonly (readonly [string, string | null, (events: readonly object[]) => string])[] = [
  ['events', 'text/event-stream', events => sse(events)],
  ['events that are called JSON', 'application/json', events => sse(events)],
  ['events that are called text', 'text/plain', events => sse(events)],
  ['events of no name, with CRLF', null, events => sse(events).replaceAll('\n', '\r\n')],
  ['events behind a byte order mark', 'text/event-stream', events => `\ufeff${sse(events)}`],
  ['events behind a comment', 'text/html', events => `\n: hello\n\n${sse(events)}`],
  ['lines of JSON', 'application/x-ndjson', events => events.map(event => JSON.stringify(event)).join('\n')],
  ['a list of JSON', 'application/json', events => JSON.stringify(events)],
]

function sse(events: readonly object[]): string {
  return [...events.map(event => JSON.stringify(event)), '[DONE]'].map(data => `data: ${data}\n\n`).join('')
}

test.each(streams)(
  '%s as a stream is put together to the one body that was asked for',
  async (_, events, whole) => {
    answerWith(sse([...events, { ...head, choices: [], usage }]), 'text/event-stream')
    const response = await fixture.ask()
    expect(response.headers.get('content-type')).toBe('application/json')
    const body: unknown = await response.json()
    expect(body).toMatchObject({ ...head, object: 'chat.completion', usage, ...whole })
    expect(await charged()).toMatchObject(exact)
  },
)

const [, text] = streams[0] ?? ['', []]

test.each(forms)(
  '%s to a call that asked for none: one body, its usage exact',
  async (_, contentType, write) => {
    answerWith(write([...text, { ...head, choices: [], usage }]), contentType)
    const answer = await client.chat.completions.create({
      model: fixture.model,
      messages: [{ role: 'user', content: 'x' }],
    })
    expect(answer.choices[0]?.message.content).toBe('höllo😀')
    expect(answer.usage).toEqual(usage)
    expect(await charged()).toMatchObject(exact)
  },
)

test.each(forms)('%s to a call for a stream: a stream, its usage exact', async (_, contentType, write) => {
  answerWith(write([...text, { ...head, choices: [], usage }]), contentType)
  const { data: stream, response } = await client.chat.completions
    .create({
      model: fixture.model,
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
      stream_options: { include_usage: true },
    })
    .withResponse()
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  let said = ''
  let reported: unknown
  for await (const chunk of stream) {
    said += chunk.choices[0]?.delta.content ?? ''
    reported = chunk.usage ?? reported
  }
  expect(said).toBe('höllo😀')
  expect(reported).toEqual(usage)
  expect(await charged()).toMatchObject(exact)
})

const wholes: readonly (readonly [string, object])[] = [
  [
    'a text',
    { choices: [{ index: 0, message: { role: 'assistant', content: 'höllo' }, finish_reason: 'stop' }] },
  ],
  [
    'called functions',
    {
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'c0', type: 'function', function: { name: 'f', arguments: '{}' } },
              { id: 'c1', type: 'function', function: { name: 'g', arguments: '{"a":1}' } },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
    },
  ],
  [
    'several answers',
    {
      choices: [
        { index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' },
        { index: 1, message: { role: 'assistant', content: null, refusal: 'no' }, finish_reason: 'stop' },
      ],
    },
  ],
]

test.each(wholes)('%s in one body comes as the stream that was asked for', async (_, whole) => {
  for (const [contentType, mark] of [
    ['application/json', ''],
    ['text/event-stream', '\ufeff'],
    ['text/plain', '\n'],
    ['text/event-stream', 'data: '],
  ] as const) {
    answerWith(mark + JSON.stringify({ ...head, object: 'chat.completion', ...whole, usage }), contentType)
    const stream = client.chat.completions.stream({
      model: fixture.model,
      messages: [{ role: 'user', content: 'x' }],
      stream_options: { include_usage: true },
    })
    const seen = await stream.finalChatCompletion()
    expect(seen).toMatchObject({ id: 'c1', model: 'vendor-model', usage })
    expect(JSON.parse(JSON.stringify(seen))).toMatchObject(JSON.parse(JSON.stringify({ ...whole, usage })))
    expect(await charged()).toMatchObject(exact)
  }
})

test('a generated stream has no usage if the client did not request it', async () => {
  answerWith(JSON.stringify({ ...head, ...wholes[0]?.[1], usage }), 'application/json')
  const events = (await (await fixture.ask({ stream: true })).text()).split('\n\n')
  expect(events.some(event => event.includes('"usage"'))).toBe(false)
  expect(events.at(-2)).toBe('data: [DONE]')
  expect(await charged()).toMatchObject(exact)
})

test('a byte order mark before JSON is not passed on', async () => {
  const body = JSON.stringify({ ...wholes[0]?.[1], usage })
  answerWith(`\ufeff${body}`, 'application/json')
  const bytes = Buffer.from(await (await fixture.ask()).arrayBuffer())
  expect(bytes.toString('utf8')).toBe(body)
  expect(await charged()).toMatchObject(exact)
})

test('JSON nested as deeply as it is long is handled', async () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  const message = `{"role":"assistant","content":"x","extra":${deep}}`
  const whole = `{"choices":[{"index":0,"message":${message},"finish_reason":"stop"}]}`
  answerWith(whole, 'application/json')
  expect((await fixture.ask()).status).toBe(200)
  await charged()
  expect((await fixture.ask({ stream: true })).status).toBe(502)
  await charged()
  const events = `data: {"choices":[{"index":0,"delta":${message},"finish_reason":"stop"}]}\n\n`
  answerWith(events, 'text/event-stream')
  expect((await fixture.ask()).status).toBe(502)
  await charged()
  expect((await fixture.ask({ stream: true })).status).toBe(200)
  await charged()
})
