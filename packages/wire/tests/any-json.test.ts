import { isThorough } from '@quotakeeper/test-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DialectName,
  readWireError,
  StreamTranslator,
  translateAnswer,
  translateRequest,
  withoutCarried,
  writeWireError,
} from '../src/index.js'
import { called, chunk, fullChatAnswer, fullChatStream, optionsFor, streamed, whole } from './vendor-forms.js'

const dialects: readonly DialectName[] = ['chat', 'responses', 'messages']
const ways = dialects.flatMap(from => dialects.map(to => [from, to] as const))
const numRuns = isThorough ? 200 : 50

/** Requests and answers with all fields, whose parts are replaced by hostile values. */
const tool = { name: 'get', description: 'd', parameters: { type: 'object' }, strict: true }
const requests: Readonly<Record<DialectName, object>> = {
  chat: {
    model: 'm',
    messages: [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          { type: 'file', file: { file_data: 'data:text/plain;base64,AA==' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        reasoning_details: [
          { type: 'reasoning.text', format: 'anthropic-claude-v1', text: 't', signature: 's' },
        ],
        tool_calls: [
          {
            id: 'c',
            type: 'function',
            function: { name: 'get', arguments: '{}' },
            extra_content: { google: { thought_signature: 'x' } },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'r' }] },
    ],
    tools: [
      { type: 'function', function: tool },
      {
        type: 'custom',
        custom: { name: 'patch', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
      },
    ],
    tool_choice: { type: 'function', function: { name: 'get' } },
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } },
    stop: ['x'],
    max_tokens: 5,
  },
  responses: {
    model: 'm',
    instructions: 'Be brief.',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'input_image', image_url: 'https://a/b.png' },
          { type: 'input_file', file_id: 'f' },
        ],
      },
      {
        type: 'reasoning',
        id: 'rs',
        summary: [{ type: 'summary_text', text: 's' }],
        encrypted_content:
          'qk1:{"vendor":"some-vendor","textField":"reasoning","fields":{"reasoning_details":[]},"calls":{"c":{"extra_content":1}}}',
      },
      { type: 'function_call', call_id: 'c', name: 'get', namespace: 'ns', arguments: '{}' },
      {
        type: 'function_call_output',
        call_id: 'c',
        output: [{ type: 'input_image', image_url: 'https://a/b.png' }],
      },
      { type: 'custom_tool_call', call_id: 'd', name: 'patch', input: 'x' },
      { type: 'item_reference', id: 'x' },
    ],
    tools: [
      { type: 'function', ...tool },
      { type: 'namespace', name: 'ns', tools: [{ type: 'function', ...tool }] },
      { type: 'custom', name: 'patch', format: { type: 'grammar', definition: 'x', syntax: 'lark' } },
      { type: 'web_search' },
    ],
    tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'get' }] },
    text: { format: { type: 'json_schema', name: 'a', schema: {} }, verbosity: 'low' },
    reasoning: { effort: 'low' },
    include: ['reasoning.encrypted_content'],
  },
  messages: {
    model: 'm',
    max_tokens: 5,
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
          { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'a' }] } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 't', signature: 's' },
          { type: 'redacted_thinking', data: 'd' },
          { type: 'tool_use', id: 'c', name: 'get', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c', is_error: true, content: [{ type: 'text', text: 'r' }] },
        ],
      },
    ],
    tools: [
      { name: 'get', input_schema: { type: 'object' } },
      { type: 'web_search_20250305', name: 'web_search' },
    ],
    tool_choice: { type: 'tool', name: 'get', disable_parallel_tool_use: true },
    thinking: { type: 'enabled', budget_tokens: 5_000 },
    output_config: { format: { type: 'json_schema', schema: {} } },
  },
}
const answers: Readonly<Record<DialectName, object>> = {
  chat: fullChatAnswer,
  responses: whole(fullChatAnswer, optionsFor('chat', 'responses')),
  messages: whole(fullChatAnswer, optionsFor('chat', 'messages')),
}
const streams: Readonly<Record<DialectName, readonly object[]>> = {
  chat: fullChatStream,
  responses: streamed(fullChatStream, optionsFor('chat', 'responses')),
  messages: streamed(fullChatStream, optionsFor('chat', 'messages')),
}

/** JSON as parsed: `__proto__` and the like are ordinary fields. */
const anyJson = fc
  .oneof(
    { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
    fc.constantFrom(
      JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
      JSON.parse('["__proto__"]'),
      '__proto__',
      'constructor',
      'toString',
      1e308,
      -1,
    ),
  )
  .map(value => value as unknown)

/** A value with one random part replaced, removed or repeated. */
function broken(value: unknown): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.array(fc.nat(), { maxLength: 8 }), anyJson, fc.constantFrom('replace', 'remove', 'repeat'))
    .map(([path, other, how]) => breakAt(value, path, { other, how }))
}

function breakAt(
  value: unknown,
  [first, ...rest]: readonly number[],
  change: { other: unknown; how: string },
): unknown {
  if (first === undefined || typeof value !== 'object' || value === null) return change.other
  if (Array.isArray(value)) {
    const place = value.length === 0 ? 0 : first % value.length
    if (rest.length === 0 && change.how === 'remove') return value.filter((_, index) => index !== place)
    if (rest.length === 0 && change.how === 'repeat') return [...value, ...value.slice(place)]
    return value.map((element, index) => (index === place ? breakAt(element, rest, change) : element))
  }
  const fields = Object.entries(value)
  const place = fields.length === 0 ? 0 : first % fields.length
  if (rest.length === 0 && change.how === 'remove')
    return Object.fromEntries(fields.filter((_, index) => index !== place))
  return Object.fromEntries(
    fields.map(([field, content], index) => [
      field,
      index === place ? breakAt(content, rest, change) : content,
    ]),
  )
}

function isClean(): void {
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
}

describe.each(ways)('any input is translated to JSON without throwing: %s to %s', (from, to) => {
  const target = { vendor: 'some-vendor' }

  it('requests', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, broken(requests[from])), body => {
        const result = translateRequest({ from, to, body, target })
        JSON.stringify(result)
        if (result.ok) for (const left of result.leftOut) expect(left).toMatch(/^[\w.:[\]-]{0,80}$/)
        isClean()
      }),
      { numRuns },
    )
  })

  it('answers', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, broken(answers[from])), body => {
        const result = translateAnswer(body, optionsFor(from, to))
        JSON.stringify(result)
        isClean()
      }),
      { numRuns },
    )
  })

  it('streams, which end once with a completion or a failure', () => {
    fc.assert(
      fc.property(
        broken(streams[from]),
        fc.array(anyJson, { maxLength: 3 }),
        fc.boolean(),
        (events, more, isDone) => {
          const list = Array.isArray(events) ? [...events, ...more] : [events]
          const written = streamed(list, optionsFor(from, to), isDone)
          JSON.stringify(written)
          expect(written.filter(isEnd)).toHaveLength(1)
          expect(written.findIndex(isEnd)).toBeGreaterThanOrEqual(written.length - 2)
          isClean()
        },
      ),
      { numRuns },
    )
  })
})

/** Whether the event ends the stream, except for usage. */
function isEnd(event: object): boolean {
  const type = Reflect.get(event, 'type')
  if (type === undefined) {
    const choices = Reflect.get(event, 'choices')
    return (
      'error' in event || (Array.isArray(choices) && choices.some(choice => choice.finish_reason !== null))
    )
  }
  return ['response.completed', 'response.incomplete', 'response.failed', 'message_stop', 'error'].includes(
    type,
  )
}

describe('any input', () => {
  it('errors and seals are read without throwing', () => {
    fc.assert(
      fc.property(anyJson, fc.integer(), (body, status) => {
        for (const from of dialects)
          for (const to of dialects) {
            const error = readWireError(from, body, status)
            if (error !== null) JSON.stringify(writeWireError(to, error))
          }
        if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
          withoutCarried('responses', { input: body, ...body })
          withoutCarried('messages', { messages: [body], ...body })
        }
      }),
    )
  })

  it.each(ways)('values nested too deeply for JSON.stringify are read: %s to %s', (from, to) => {
    const deep = JSON.parse(`${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`)
    const inEveryField = (value: object): unknown[] =>
      Object.entries(value).map(([field]) => ({ ...value, [field]: deep }))
    for (const body of inEveryField(requests[from]))
      translateRequest({ from, to, body, target: { vendor: 'v' } })
    for (const body of inEveryField(answers[from])) translateAnswer(body, optionsFor(from, to))
    for (const event of streams[from].flatMap(inEveryField))
      new StreamTranslator(optionsFor(from, to)).push(event)
    const call = { type: 'tool_use', id: 'c', name: 'get', input: { deep } }
    const result = translateAnswer({ ...answers.messages, content: [call] }, optionsFor('messages', to))
    expect(result.ok).toBe(true)
  })
})

describe('any number of parts', () => {
  // More than the maximum number of arguments of a call.
  const many = 150_000
  const list = <T>(of: (index: number) => T): T[] => Array.from({ length: many }, (_, index) => of(index))
  /** Each dialect is read once and written once. */
  const ring = dialects.map((from, index) => [from, dialects[(index + 1) % dialects.length] ?? from] as const)

  it.each(isThorough ? ways.filter(([from, to]) => from !== to) : ring)(
    'requests are translated without stack overflow: %s to %s',
    (from, to) => {
      const bodies: Record<DialectName, object[]> = {
        chat: [
          {
            messages: ['a', list(() => ({ type: 'text', text: 'a' }))].map(content => ({
              role: 'user',
              content,
            })),
          },
          { messages: list(() => ({ role: 'tool', tool_call_id: 'c', content: 'r' })) },
        ],
        responses: [
          { input: [{ role: 'user', content: list(() => ({ type: 'input_text', text: 'a' })) }] },
          {
            input: list(index =>
              index % 2 === 0
                ? { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
                : { type: 'function_call_output', call_id: 'c', output: 'r' },
            ),
          },
        ],
        messages: [
          {
            messages: [
              {
                role: 'user',
                content: [
                  {
                    type: 'document',
                    source: { type: 'content', content: list(() => ({ type: 'text', text: 'a' })) },
                  },
                ],
              },
            ],
          },
          {
            messages: list(() => ({
              role: 'assistant',
              content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }],
            })),
          },
        ],
      }
      for (const body of bodies[from])
        expect(
          translateRequest({ from, to, body: { model: 'm', ...body }, target: { vendor: 'v' } }).ok,
        ).toBe(true)
    },
  )
})

describe('an endless answer', () => {
  const fields = (round: number) => ({ extra_content: { [`k${round}`]: 'x'.repeat(100) } })
  it.each([
    ['carried fields', (round: number) => chunk(fields(round))],
    [
      'fields of calls',
      (round: number) => ({
        ...chunk({}),
        choices: [
          { delta: { tool_calls: [{ index: 0, id: 'a', function: { name: 'f' }, ...fields(round) }] } },
        ],
      }),
    ],
    ['ids', (round: number) => chunk(called(round, { id: 'x'.repeat(100) + round, name: 'f' }))],
    ['calls', (round: number) => chunk(called(round, { name: 'f' }))],
    [
      'citations',
      () => chunk({ annotations: [{ type: 'url_citation', url_citation: { url: 'x'.repeat(100) } }] }),
    ],
    ['texts', () => chunk({ content: 'x'.repeat(100) })],
  ])('fails if its %s exceed the limit', (_name, event) => {
    const translator = new StreamTranslator(optionsFor('chat', 'responses', { maxCharacters: 20_000 }))
    for (let round = 0; translator.error === null && round < 5_000; round += 1) translator.push(event(round))
    expect(translator.error).toMatchObject({ code: 'answer_too_large' })
  })
})
