import { describe, expect, it } from 'vitest'
import { translateRequest } from '../index.js'

const toChat = (body: object, target = { vendor: 'groq' }) =>
  translateRequest({ from: 'responses', to: 'chat', body: { model: 'm', ...body }, target })

/** A shortened request of Codex. */
const codex = {
  instructions: 'You are a coding agent.',
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Sandbox: read-only.' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix the test.' }] },
  ],
  tools: [
    { type: 'function', name: 'shell', description: 'Runs.', strict: false, parameters: { type: 'object' } },
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'Edits.',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
    },
    {
      type: 'namespace',
      name: 'agents',
      description: 'Others.',
      tools: [{ type: 'function', name: 'spawn', parameters: { type: 'object' } }],
    },
    { type: 'tool_search' },
    { type: 'web_search', external_web_access: false },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { effort: 'medium', summary: 'auto' },
  text: { verbosity: 'low' },
  store: false,
  stream: true,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: 'thread-1',
  client_metadata: { 'x-codex-installation-id': 'i' },
}

describe('a request of Codex', () => {
  it('becomes one instruction, functions for all of its tools, and a stream with usage', () => {
    const translated = toChat(codex)
    expect(translated).toMatchObject({ ok: true, needsState: [] })
    if (!translated.ok) return
    expect(translated.leftOut).toEqual(['client_metadata', 'tools.tool_search', 'tools.web_search'])
    expect(translated.request).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'You are a coding agent.\n\nSandbox: read-only.' },
        { role: 'user', content: 'Fix the test.' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'shell', description: 'Runs.', strict: false, parameters: { type: 'object' } },
        },
        {
          type: 'function',
          function: {
            name: 'apply_patch',
            description: 'Edits.\n\nThe input must follow this grammar (lark):\nstart: "x"',
            parameters: {
              type: 'object',
              properties: { input: { type: 'string', description: 'The input of the tool, as plain text.' } },
              required: ['input'],
              additionalProperties: false,
            },
          },
        },
        { type: 'function', function: { name: 'agents__spawn', parameters: { type: 'object' } } },
      ],
      tool_choice: 'auto',
      reasoning_effort: 'medium',
      verbosity: 'low',
      prompt_cache_key: 'thread-1',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it('is written with the fields that the vendor accepts, and lists the others', () => {
    const acceptsField = (field: string) =>
      !['verbosity', 'prompt_cache_key', 'stream_options'].includes(field)
    const translated = translateRequest({
      from: 'responses',
      to: 'chat',
      body: { model: 'm', ...codex },
      target: { vendor: 'groq', model: 'llama', maxTokensField: 'max_completion_tokens', acceptsField },
    })
    if (!translated.ok) throw new Error(translated.refusal.message)
    expect(translated.leftOut).toEqual(expect.arrayContaining(['verbosity', 'prompt_cache_key']))
    expect(translated.request).toMatchObject({ model: 'llama', stream: true })
    for (const field of ['verbosity', 'prompt_cache_key', 'stream_options'])
      expect(translated.request).not.toHaveProperty(field)
  })

  it('writes calls of each kind with the sent names, and consecutive ones as one message', () => {
    const translated = toChat({
      ...codex,
      input: [
        { role: 'user', content: 'Go.' },
        { type: 'function_call', call_id: 'a', name: 'spawn', namespace: 'agents', arguments: '{"n":1}' },
        { type: 'custom_tool_call', call_id: 'b', name: 'apply_patch', input: '*** Begin "x"' },
        { type: 'function_call_output', call_id: 'a', output: 'spawned' },
        { type: 'custom_tool_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'Done!' }] },
      ],
    })
    if (!translated.ok) throw new Error(translated.refusal.message)
    expect(translated.request.messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'agents__spawn', arguments: '{"n":1}' } },
          {
            id: 'b',
            type: 'function',
            function: { name: 'apply_patch', arguments: '{"input":"*** Begin \\"x\\""}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'spawned' },
      { role: 'tool', tool_call_id: 'b', content: 'Done!' },
    ])
  })
})

describe('required features of a Responses request', () => {
  it.each([
    [{ background: true, input: 'x' }, 'background', 'unsupported'],
    [
      { input: 'x', tools: [{ type: 'web_search' }], tool_choice: { type: 'web_search' } },
      'tool_choice',
      'unsupported',
    ],
    [{ input: 'x', tools: [{ type: 'web_search' }], tool_choice: 'required' }, 'tool_choice', 'unsupported'],
    [
      {
        input: 'x',
        tools: [{ type: 'mcp', server_label: 's' }],
        tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'mcp', server_label: 's' }] },
      },
      'tool_choice',
      'unsupported',
    ],
    [{}, 'input', 'invalid'],
    [{ input: 7 }, 'input', 'invalid'],
  ])('are refused by field if unavailable: %j', (body, field, code) => {
    expect(toChat(body)).toMatchObject({
      ok: false,
      refusal: { field, code, message: expect.stringContaining(field) },
    })
  })

  it('do not include a built-in tool that is only offered', () => {
    expect(toChat({ input: 'x', tools: [{ type: 'web_search' }], tool_choice: 'auto' })).toMatchObject({
      ok: true,
      leftOut: ['tools.web_search'],
    })
  })

  it.each([
    ['compaction', { encrypted_content: 'gAAA' }, 'send the whole conversation'],
    ['compaction_trigger', {}, 'not named "OpenAI"'],
  ])(
    'are refused if they are an item %s, without which the conversation is another',
    (type, fields, words) => {
      const input = [
        { role: 'user', content: 'Go.' },
        { type, ...fields },
      ]
      expect(toChat({ input })).toMatchObject({
        ok: false,
        refusal: { field: `input.${type}`, code: 'unsupported', message: expect.stringContaining(words) },
      })
    },
  )

  it('are reported once each if they are state at a vendor, and the rest is translated', () => {
    const translated = toChat({
      previous_response_id: 'resp_9',
      conversation: { id: 'conv_1' },
      prompt: { id: 'pmpt_1' },
      input: [
        { type: 'item_reference', id: 'rs_1' },
        { type: 'item_reference', id: 'rs_1' },
        {
          role: 'user',
          content: [
            { type: 'input_file', file_id: 'file_1' },
            { type: 'input_image', file_id: 'file_2', detail: 'low' },
            { type: 'input_text', text: 'Hi' },
          ],
        },
      ],
    })
    expect(translated).toMatchObject({ ok: true, request: { messages: [{ role: 'user', content: 'Hi' }] } })
    if (!translated.ok) return
    expect(translated.needsState).toEqual([
      { field: 'previous_response_id', id: 'resp_9' },
      { field: 'conversation', id: 'conv_1' },
      { field: 'prompt', id: 'pmpt_1' },
      { field: 'input.item_reference', id: 'rs_1' },
      { field: 'input_file.file_id', id: 'file_1' },
      { field: 'input_image.file_id', id: 'file_2' },
    ])
  })
})

describe('parts and settings of Responses', () => {
  it('are translated to those of chat completions', () => {
    const translated = toChat({
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is it?' },
            { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'original' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
            { type: 'input_file', file_url: 'https://example.com/a.pdf' },
          ],
        },
      ],
      tools: [
        { type: 'function', name: 'f' },
        { type: 'function', name: 'g' },
      ],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] },
      text: { format: { type: 'json_schema', name: 'it', schema: { type: 'object' }, strict: true } },
      max_output_tokens: 50,
      temperature: 0.2,
      top_p: 0.9,
      top_logprobs: 3,
      include: ['message.output_text.logprobs', 'file_search_call.results'],
      parallel_tool_calls: false,
      service_tier: 'flex',
      metadata: { a: 'b' },
      seed: 4,
      stop: 'END',
      truncation: 'auto',
      store: true,
      made_up: 1,
    })
    if (!translated.ok) throw new Error(translated.refusal.message)
    expect(translated.request).toEqual({
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'high' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          ],
        },
      ],
      tools: [{ type: 'function', function: { name: 'g' } }],
      tool_choice: 'required',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'it', schema: { type: 'object' }, strict: true },
      },
      max_tokens: 50,
      temperature: 0.2,
      top_p: 0.9,
      logprobs: true,
      top_logprobs: 3,
      parallel_tool_calls: false,
      service_tier: 'flex',
      metadata: { a: 'b' },
      seed: 4,
      stop: ['END'],
    })
    expect(translated.leftOut).toEqual([
      'made_up',
      'truncation',
      'include.file_search_call.results',
      'store',
      'file.url',
    ])
  })

  it('tool names that are too long or have invalid characters are mapped to the same name in every round, and back', () => {
    const name = `${'a'.repeat(70)}.b`
    const translated = toChat({
      input: [
        { role: 'user', content: 'x' },
        { type: 'function_call', call_id: 'c', name, namespace: 'ns', arguments: '{}' },
      ],
      tools: [{ type: 'namespace', name: 'ns', tools: [{ type: 'function', name }] }],
    })
    if (!translated.ok) throw new Error(translated.refusal.message)
    const flat = translated.request.tools?.[0]?.function.name ?? ''
    expect(flat).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(translated.request.messages.at(-1)).toMatchObject({ tool_calls: [{ function: { name: flat } }] })
    expect(translated.context.toolNames.get(flat)).toEqual({ name, namespace: 'ns', isCustom: false })
  })
})
