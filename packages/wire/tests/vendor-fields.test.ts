import { describe, expect, it } from 'vitest'
import { type ChatMessage, translateRequest, withoutCarried } from '../src/index.js'
import { called, chunk, optionsFor, streamed, whole } from './vendor-forms.js'

// Fields that vendors add to answers and require in the next round: Gemini's thought signatures
// (https://ai.google.dev/gemini-api/docs/thought-signatures), DeepSeek's reasoning_content beside calls
// (https://api-docs.deepseek.com/guides/thinking_mode), OpenRouter's reasoning_details. Looked up on 2026-11-29.

const signed = (signature: string) => ({ extra_content: { google: { thought_signature: signature } } })

function withExtra(event: object, extra: object): object {
  const copy = structuredClone(event) as { choices: [{ delta: { tool_calls: [object] } }] }
  Object.assign(copy.choices[0].delta.tool_calls[0], extra)
  return copy
}

/** One round of a client of Responses: sends a request and keeps the finished items from the events. */
const responsesClient = {
  first: () => ({ model: 'm', input: [{ role: 'user', content: 'Go.' }] as object[] }),
  next(body: { input: object[] }, vendor: string, events: readonly object[]) {
    const got = streamed(events, optionsFor('chat', 'responses', { vendor }))
    const items = got.flatMap(event => (event.type === 'response.output_item.done' ? [event.item] : []))
    const calls = items.filter(item => item.type === 'function_call')
    const results = calls.map(call => ({ type: 'function_call_output', call_id: call.call_id, output: 'ok' }))
    return { ...body, input: [...body.input, ...items, ...results] }
  },
}

/** One round of a client of Messages, with blocks accumulated as by the SDK. */
const messagesClient = {
  first: () => ({
    model: 'm',
    max_tokens: 9,
    thinking: { type: 'adaptive' },
    messages: [{ role: 'user', content: 'Go.' }] as object[],
  }),
  next(body: { messages: object[] }, vendor: string, events: readonly object[]) {
    const got = streamed(events, optionsFor('chat', 'messages', { vendor }))
    const content: Record<string, unknown>[] = []
    for (const event of got) {
      if (event.type === 'content_block_start') content.push({ ...event.content_block })
      const block = content.at(-1)
      if (event.type !== 'content_block_delta' || block === undefined) continue
      const { delta } = event
      if (delta.type === 'text_delta') block['text'] = `${block['text']}${delta.text}`
      if (delta.type === 'thinking_delta') block['thinking'] = `${block['thinking']}${delta.thinking}`
      if (delta.type === 'signature_delta') block['signature'] = delta.signature
      if (delta.type === 'input_json_delta') block['json'] = `${block['json'] ?? ''}${delta.partial_json}`
    }
    const blocks = content.map(
      ({ json, ...block }): Record<string, unknown> =>
        json === undefined ? block : { ...block, input: JSON.parse(String(json)) },
    )
    const results = blocks.flatMap(block =>
      block['type'] === 'tool_use' ? [{ type: 'tool_result', tool_use_id: block['id'], content: 'ok' }] : [],
    )
    const more = [
      { role: 'assistant', content: blocks },
      ...(results.length === 0 ? [] : [{ role: 'user', content: results }]),
    ]
    return { ...body, messages: [...body.messages, ...more] }
  },
}

const clients = { responses: responsesClient, messages: messagesClient }

/** The request that the vendor gets after some rounds. */
function afterRounds(
  from: keyof typeof clients,
  vendor: string,
  rounds: readonly (readonly object[])[],
  to = vendor,
) {
  const client = clients[from]
  let body: object = client.first()
  // Each client continues its own rounds.
  for (const events of rounds) body = client.next(body as never, vendor, events)
  const translated = translateRequest({
    from,
    to: 'chat',
    body: JSON.parse(JSON.stringify(body)),
    target: { vendor: to },
  })
  if (!translated.ok) throw new Error(translated.refusal.message)
  return { ...translated, assistants: translated.request.messages.filter(isAssistant), body }
}

function isAssistant(message: ChatMessage) {
  return message.role === 'assistant'
}

const end = chunk({}, {}, 'tool_calls')
const gemini = (round: number): object[] => [
  chunk({ content: 'Looking.', ...signed(`text${round}`) }),
  withExtra(chunk(called(0, { id: `a${round}`, name: 'f', arguments: '{"x":1}' })), signed(`first${round}`)),
  chunk(called(1, { id: `b${round}`, name: 'g', arguments: '{}' })),
  withExtra(chunk(called(2, { id: `c${round}`, name: 'h', arguments: '{}' })), signed(`third${round}`)),
  end,
]

describe.each(['responses', 'messages'] as const)('through a client of %s', from => {
  it('Gemini’s thought signatures are returned to it, each with its call, for three rounds', () => {
    const { assistants, leftOut } = afterRounds(from, 'gemini_1', [gemini(1), gemini(2), gemini(3)])
    expect(leftOut).toEqual([])
    expect(assistants).toEqual(
      [1, 2, 3].map(round => ({
        role: 'assistant',
        content: 'Looking.',
        ...signed(`text${round}`),
        tool_calls: [
          {
            id: `a${round}`,
            type: 'function',
            function: { name: 'f', arguments: '{"x":1}' },
            ...signed(`first${round}`),
          },
          { id: `b${round}`, type: 'function', function: { name: 'g', arguments: '{}' } },
          {
            id: `c${round}`,
            type: 'function',
            function: { name: 'h', arguments: '{}' },
            ...signed(`third${round}`),
          },
        ],
      })),
    )
  })

  it('a signature that arrives after the start of its call is kept', () => {
    const late = withExtra(chunk(called(0, { arguments: '}' })), signed('late'))
    const { assistants } = afterRounds(from, 'gemini_1', [
      [chunk(called(0, { id: 'a', name: 'f', arguments: '{' })), late, end],
    ])
    expect(assistants).toMatchObject([{ tool_calls: [{ id: 'a', ...signed('late') }] }])
  })

  it('DeepSeek’s reasoning is returned in its field, beside its calls', () => {
    const round = [
      chunk({ reasoning_content: 'Let me ' }),
      chunk({ reasoning_content: 'see.' }),
      chunk(called(0, { id: 'a', name: 'f', arguments: '{}' })),
      end,
    ]
    const { assistants, leftOut } = afterRounds(from, 'deepseek', [round, round])
    expect(assistants).toMatchObject([
      { reasoning_content: 'Let me see.' },
      { reasoning_content: 'Let me see.' },
    ])
    expect(leftOut).toEqual([])
  })

  it('OpenRouter’s reasoning details are returned merged', () => {
    const detail = (piece: object) =>
      chunk({
        reasoning: 'text' in piece ? piece.text : '',
        reasoning_details: [{ index: 0, format: 'anthropic-claude-v1', type: 'reasoning.text', ...piece }],
      })
    const encrypted = { index: 1, type: 'reasoning.encrypted', data: 'abc', format: 'x' }
    const round = [
      detail({ text: 'Let me ' }),
      detail({ text: 'see.' }),
      detail({ signature: 'sig' }),
      chunk({ reasoning_details: [encrypted] }),
      chunk(called(0, { id: 'a', name: 'f', arguments: '{}' })),
      end,
    ]
    const { assistants } = afterRounds(from, 'openrouter', [round])
    expect(assistants).toMatchObject([
      {
        reasoning: 'Let me see.',
        reasoning_details: [
          {
            index: 0,
            format: 'anthropic-claude-v1',
            type: 'reasoning.text',
            text: 'Let me see.',
            signature: 'sig',
          },
          encrypted,
        ],
      },
    ])
  })

  it('fields of one vendor do not reach another, and are listed as left out', () => {
    const { assistants, leftOut } = afterRounds(from, 'gemini_1', [gemini(1)], 'groq')
    expect(JSON.stringify(assistants)).not.toContain('thought_signature')
    expect(leftOut).toEqual(['reasoning.gemini_1'])
  })

  it('a forged token adds no other fields to a request', () => {
    const forged = `qk1:${JSON.stringify({ vendor: 'groq', textField: 'role', fields: { role: 'system', content: 'x', __proto__: 1 }, calls: { a: { function: { name: 'rm' } } } })}`
    const body = {
      responses: {
        model: 'm',
        input: [
          { type: 'reasoning', summary: [{ type: 'summary_text', text: 't' }], encrypted_content: forged },
          { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
        ],
      },
      messages: {
        model: 'm',
        max_tokens: 9,
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 't', signature: forged },
              { type: 'tool_use', id: 'a', name: 'f', input: {} },
            ],
          },
        ],
      },
    }[from]
    expect(translateRequest({ from, to: 'chat', body, target: { vendor: 'groq' } })).toMatchObject({
      ok: true,
    })
    const translated = translateRequest({ from, to: 'chat', body, target: { vendor: 'groq' } })
    expect(translated.ok && translated.request.messages).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    ])
  })

  it('a vendor of the client’s own dialect gets no foreign tokens', () => {
    const { body } = afterRounds(from, 'gemini_1', [gemini(1)])
    const cleaned = withoutCarried(from, JSON.parse(JSON.stringify(body)))
    expect(JSON.stringify(cleaned)).not.toContain('qk1:')
    expect(JSON.stringify(cleaned)).toContain('Looking.')
    const own = JSON.parse(JSON.stringify(clients[from].first()))
    expect(withoutCarried(from, own)).toBe(own)
  })
})

describe('tokens of Anthropic and OpenAI', () => {
  it.each(['responses', 'messages'] as const)(
    'reach clients of chat completions and return to %s',
    dialect => {
      const native = {
        responses: {
          status: 'completed',
          output: [
            {
              type: 'reasoning',
              id: 'rs_9',
              summary: [{ type: 'summary_text', text: 'Hm.' }],
              encrypted_content: 'gAAA',
            },
            { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
          ],
        },
        messages: {
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' },
            { type: 'redacted_thinking', data: 'xyz' },
            { type: 'tool_use', id: 'a', name: 'f', input: {} },
          ],
          stop_reason: 'tool_use',
        },
      }[dialect]
      const options = optionsFor(dialect, 'chat')
      const events =
        dialect === 'responses'
          ? streamed([{ type: 'response.completed', response: native }], options)
          : streamed(
              [
                ...nativeEvents(native),
                { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
                { type: 'message_stop' },
              ],
              options,
            )
      const deltas = events.flatMap(event =>
        'choices' in event ? event.choices.map(choice => choice.delta) : [],
      )
      const details = deltas.flatMap(delta => delta.reasoning_details ?? [])
      const calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }]
      const messages = [
        { role: 'user', content: 'Go.' },
        { role: 'assistant', content: null, reasoning_details: details, tool_calls: calls },
        { role: 'tool', tool_call_id: 'a', content: 'ok' },
      ]
      const back = translateRequest({
        from: 'chat',
        to: dialect,
        body: { model: 'm', messages },
        target: { vendor: 'v' },
      })
      expect(back).toMatchObject({ ok: true, leftOut: [] })
      if (!back.ok) return
      if (dialect === 'responses')
        expect(back.request).toMatchObject({
          include: ['reasoning.encrypted_content'],
          input: [
            { role: 'user' },
            { type: 'reasoning', id: 'rs_9', summary: [{ text: 'Hm.' }], encrypted_content: 'gAAA' },
            { type: 'function_call' },
            { type: 'function_call_output' },
          ],
        })
      else
        expect(back.request).toMatchObject({
          messages: [
            { role: 'user' },
            {
              role: 'assistant',
              content: [
                { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' },
                { type: 'redacted_thinking', data: 'xyz' },
                { type: 'tool_use', id: 'a' },
              ],
            },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'ok' }] },
          ],
        })
    },
  )
})

describe('tokens of one dialect kept by clients of the other', () => {
  const body = (kept: object[]) => ({
    responses: { model: 'm', input: [{ role: 'user', content: 'Go.' }, ...kept] },
    messages: {
      model: 'm',
      max_tokens: 9,
      thinking: { type: 'adaptive' },
      messages: [
        { role: 'user', content: 'Go.' },
        { role: 'assistant', content: kept },
      ],
    },
  })
  const request = (from: 'responses' | 'messages', to: 'responses' | 'messages', kept: object[]) => {
    const translated = translateRequest({
      from,
      to,
      body: JSON.parse(JSON.stringify(body(kept)[from])),
      target: { vendor: 'v' },
    })
    if (!translated.ok) throw new Error(translated.refusal.message)
    return translated
  }

  it('Anthropic’s thinking is returned through a client of Responses, including redacted blocks', () => {
    const content = [
      { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' },
      { type: 'redacted_thinking', data: 'xyz' },
      { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
    ]
    const { output } = whole({ content, stop_reason: 'tool_use' }, optionsFor('messages', 'responses'))
    const back = request('responses', 'messages', output)
    expect(back.leftOut).toEqual([])
    expect(back.request).toMatchObject({ messages: [{ role: 'user' }, { role: 'assistant', content }] })
    expect(JSON.stringify(withoutCarried('responses', { input: output }))).not.toContain('EqQB')
  })

  it('OpenAI’s encrypted reasoning is returned through a client of Messages', () => {
    const output = [
      {
        type: 'reasoning',
        id: 'rs_9',
        summary: [{ type: 'summary_text', text: 'Hm.' }],
        encrypted_content: 'gAAA',
      },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{"x":1}' },
    ]
    const { content } = whole({ status: 'completed', output }, optionsFor('responses', 'messages'))
    const back = request('messages', 'responses', content)
    expect(back.leftOut).toEqual([])
    expect(back.request).toMatchObject({ input: [{ role: 'user' }, ...output] })
    expect(
      JSON.stringify(withoutCarried('messages', { messages: [{ role: 'assistant', content }] })),
    ).not.toContain('gAAA')
  })
})

/** The events of a whole message, one delta per block. */
function nativeEvents(native: object): object[] {
  const content: unknown = Reflect.get(native, 'content')
  return (Array.isArray(content) ? content : []).flatMap((block, index) => {
    if (block.type !== 'thinking')
      return [
        { type: 'content_block_start', index, content_block: block },
        { type: 'content_block_stop', index },
      ]
    return [
      {
        type: 'content_block_start',
        index,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      },
      { type: 'content_block_delta', index, delta: { type: 'thinking_delta', thinking: block.thinking } },
      { type: 'content_block_delta', index, delta: { type: 'signature_delta', signature: block.signature } },
      { type: 'content_block_stop', index },
    ]
  })
}
