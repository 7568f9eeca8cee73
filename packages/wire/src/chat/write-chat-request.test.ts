import { describe, expect, it } from 'vitest'
import { translateRequest } from '../index.js'

function messagesOf(body: object, from: 'responses' | 'messages' = 'responses') {
  const translated = translateRequest({
    from,
    to: 'chat',
    body: { model: 'm', max_tokens: 9, ...body },
    target: { vendor: 'v' },
  })
  if (!translated.ok) throw new Error(translated.refusal.message)
  return translated.request.messages
}

const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '' })
const output = (id: string, text: string) => ({ type: 'function_call_output', call_id: id, output: text })
const calls = (...ids: string[]) =>
  ids.map(id => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }))

describe('since vendors of chat completions refuse calls without results,', () => {
  it('results are moved directly after their calls, and items in between follow', () => {
    const input = [
      call('a'),
      call('b'),
      { role: 'developer', content: 'Note.' },
      output('b', '2'),
      { role: 'user', content: 'And?' },
      output('a', '1'),
    ]
    expect(messagesOf({ input })).toEqual([
      { role: 'assistant', content: null, tool_calls: calls('a', 'b') },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'system', content: 'Note.' },
      { role: 'user', content: 'And?' },
    ])
  })

  it('a call without a result gets an empty one, unless the request ends with it', () => {
    expect(messagesOf({ input: [call('a'), { role: 'user', content: 'Stop.' }, call('b')] })).toEqual([
      { role: 'assistant', content: null, tool_calls: calls('a') },
      { role: 'tool', tool_call_id: 'a', content: '' },
      { role: 'user', content: 'Stop.' },
      { role: 'assistant', content: null, tool_calls: calls('b') },
    ])
  })

  it('a result without its call becomes a message of the user', () => {
    expect(messagesOf({ input: [output('gone', '42')] })).toEqual([
      { role: 'user', content: 'Result of the earlier call gone:\n42' },
    ])
  })

  it('ids that a vendor reuses in every round keep the results of their round', () => {
    const input = [call('0'), output('0', 'first'), call('0'), output('0', 'second')]
    expect(messagesOf({ input })).toEqual([
      { role: 'assistant', content: null, tool_calls: calls('0') },
      { role: 'tool', tool_call_id: '0', content: 'first' },
      { role: 'assistant', content: null, tool_calls: calls('0') },
      { role: 'tool', tool_call_id: '0', content: 'second' },
    ])
  })

  it('images in results follow in a message of the user, after all results', () => {
    const image = { type: 'input_image', image_url: 'data:image/png;base64,AA==' }
    const input = [
      call('a'),
      call('b'),
      { ...output('a', ''), output: [{ type: 'input_text', text: 'See:' }, image] },
      output('b', '2'),
    ]
    expect(messagesOf({ input }).slice(1)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'See:' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'From the result of a:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
        ],
      },
    ])
  })

  it('a tool’s failure is written as text, once', () => {
    const result = (id: string, content: string) => ({
      type: 'tool_result',
      tool_use_id: id,
      content,
      is_error: true,
    })
    const use = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} })
    const messages = [
      { role: 'assistant', content: [use('a'), use('b')] },
      {
        role: 'user',
        content: [{ type: 'text', text: 'Well?' }, result('a', 'no such file'), result('b', 'ERROR 7')],
      },
    ]
    expect(messagesOf({ messages }, 'messages').slice(1)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'Error: no such file' },
      { role: 'tool', tool_call_id: 'b', content: 'ERROR 7' },
      { role: 'user', content: 'Well?' },
    ])
  })
})

it('a turn with only reasoning leaves no empty message, which vendors refuse', () => {
  const thought = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] }
  expect(
    messagesOf({ input: [{ role: 'user', content: 'a' }, thought, { role: 'user', content: 'b' }] }),
  ).toEqual([
    { role: 'user', content: 'a' },
    { role: 'user', content: 'b' },
  ])
})

it('a setting for parallel calls is sent only with tools, and invalid values are reported', () => {
  const body = {
    model: 'm',
    input: 'x',
    parallel_tool_calls: false,
    temperature: 'hot',
    tools: [{ type: 'web_search' }],
  }
  const translated = translateRequest({ from: 'responses', to: 'chat', body, target: { vendor: 'v' } })
  expect(translated).toMatchObject({ ok: true, leftOut: ['tools.web_search', 'temperature'] })
  expect(translated.ok && translated.request).toEqual({
    model: 'm',
    messages: [{ role: 'user', content: 'x' }],
  })
})
