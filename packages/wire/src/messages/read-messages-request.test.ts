import { describe, expect, it } from 'vitest'
import { translateRequest } from '../index.js'

const toChat = (body: object) =>
  translateRequest({
    from: 'messages',
    to: 'chat',
    body: { model: 'm', max_tokens: 100, ...body },
    target: { vendor: 'groq' },
  })
const ask = [{ role: 'user', content: 'Hi' }]

/** A shortened request of Claude Code. */
const claudeCode = {
  max_tokens: 32_000,
  system: [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.197.a1b; cc_entrypoint=cli;' },
    { type: 'text', text: 'You are a coding agent.', cache_control: { type: 'ephemeral' } },
  ],
  messages: [
    {
      role: 'user',
      content: [{ type: 'text', text: 'Fix it.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    },
    { role: 'system', content: 'Plan mode is on.' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' },
        { type: 'text', text: '' },
        { type: 'text', text: 'I look.' },
        {
          type: 'tool_use',
          id: 'toolu_1',
          name: 'Read',
          input: { path: 'a.ts' },
          caller: { type: 'direct' },
        },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          content: [
            { type: 'text', text: 'code' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
          ],
        },
        { type: 'text', text: 'Go on.' },
      ],
    },
  ],
  tools: [
    {
      name: 'Read',
      description: 'Reads.',
      input_schema: { type: 'object', properties: {} },
      cache_control: { type: 'ephemeral' },
    },
    { type: 'web_search_20250305', name: 'web_search', max_uses: 8 },
  ],
  thinking: { type: 'adaptive' },
  context_management: { edits: [] },
  output_config: { effort: 'high' },
  metadata: { user_id: 'user_1' },
  stream: true,
}

describe('a request of Claude Code', () => {
  it('becomes a request for chat completions, without the header that would break caches', () => {
    const translated = toChat(claudeCode)
    if (!translated.ok) throw new Error(translated.refusal.message)
    expect(translated.request).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'You are a coding agent.' },
        { role: 'user', content: 'Fix it.' },
        { role: 'system', content: 'Plan mode is on.' },
        {
          role: 'assistant',
          content: 'I look.',
          tool_calls: [
            { id: 'toolu_1', type: 'function', function: { name: 'Read', arguments: '{"path":"a.ts"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'toolu_1', content: 'code' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'From the result of toolu_1:' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          ],
        },
        { role: 'user', content: 'Go on.' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'Read', description: 'Reads.', parameters: { type: 'object', properties: {} } },
        },
      ],
      max_tokens: 32_000,
      reasoning_effort: 'high',
      user: 'user_1',
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(translated.leftOut).toEqual([
      'context_management',
      'tools.web_search_20250305',
      'cache_control',
      'reasoning.encrypted_content',
    ])
  })
})

describe('settings of Messages', () => {
  it.each([
    [{ tool_choice: { type: 'any' } }, { tool_choice: 'required' }],
    [{ tool_choice: { type: 'none' } }, { tool_choice: 'none' }],
    [
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      { tool_choice: 'auto', parallel_tool_calls: false },
    ],
    [
      { tool_choice: { type: 'tool', name: 'f' } },
      { tool_choice: { type: 'function', function: { name: 'f' } } },
    ],
    [{ thinking: { type: 'enabled', budget_tokens: 2_000 } }, { reasoning_effort: 'low' }],
    [{ thinking: { type: 'enabled', budget_tokens: 31_999 } }, { reasoning_effort: 'high' }],
    [{ stop_sequences: ['a', 'b'] }, { stop: ['a', 'b'] }],
    [
      { temperature: 0.3, top_p: 0.5 },
      { temperature: 0.3, top_p: 0.5 },
    ],
    [
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
        },
      },
    ],
  ])('%j', (set, expected) => {
    const translated = toChat({
      messages: ask,
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      ...set,
    })
    expect(translated).toMatchObject({ ok: true, request: expected, leftOut: [] })
  })

  it.each([
    [{ messages: [] }, 'messages', 'invalid'],
    [{}, 'messages', 'invalid'],
    [
      { messages: ask, tools: [{ type: 'bash_20250124', name: 'bash' }], tool_choice: { type: 'any' } },
      'tool_choice',
      'unsupported',
    ],
    [
      {
        messages: ask,
        tools: [{ type: 'bash_20250124', name: 'bash' }],
        tool_choice: { type: 'tool', name: 'bash' },
      },
      'tool_choice',
      'unsupported',
    ],
  ])('are refused if they cannot be omitted: %j', (body, field, code) => {
    expect(toChat(body)).toMatchObject({ ok: false, refusal: { field, code } })
  })

  it('documents become files or texts; those stored at a vendor are state', () => {
    const translated = toChat({
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'document',
              title: 'a.pdf',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
            },
            {
              type: 'document',
              title: 'Notes',
              source: { type: 'text', media_type: 'text/plain', data: 'Hello.' },
            },
            {
              type: 'search_result',
              title: 'T',
              source: 'https://a',
              content: [{ type: 'text', text: 'found' }],
            },
            { type: 'image', source: { type: 'file', file_id: 'file_1' } },
            { type: 'container_upload', file_id: 'file_2' },
          ],
        },
      ],
    })
    expect(translated).toMatchObject({
      leftOut: ['content.container_upload'],
      needsState: [{ field: 'image.source.file_id', id: 'file_1' }],
      request: {
        messages: [
          {
            content: [
              {
                type: 'file',
                file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
              },
              { type: 'text', text: 'Notes\nHello.' },
              { type: 'text', text: 'T\nhttps://a\nfound' },
            ],
          },
        ],
      },
    })
  })
})
