import { describe, expect, it } from 'vitest'
import {
  called,
  chunk,
  contextFor,
  fullChatStream,
  optionsFor,
  streamed,
  whole,
} from '../../tests/vendor-forms.js'
import { StreamTranslator } from '../index.js'

const options = optionsFor('chat', 'messages')
const stop = chunk({}, {}, 'stop')

describe('events of Messages', () => {
  it('follow Anthropic’s order: each block starts and stops before the next, even for parallel calls', () => {
    const events = streamed(fullChatStream, options)
    expect(events.map(event => ('index' in event ? `${event.type} ${event.index}` : event.type))).toEqual([
      'message_start',
      'ping',
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_delta 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_delta 1',
      'content_block_stop 1',
      'content_block_start 2',
      'content_block_delta 2',
      'content_block_delta 2',
      'content_block_stop 2',
      'content_block_start 3',
      'content_block_delta 3',
      'content_block_delta 3',
      'content_block_stop 3',
      'message_delta',
      'message_stop',
    ])
    expect(events[0]).toMatchObject({
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'vendor-model',
        content: [],
        stop_reason: null,
        usage: { input_tokens: 0, output_tokens: 0 },
      },
    })
    expect(events.at(-2)).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'tool_use', stop_sequence: null, stop_details: null, container: null },
      usage: {
        input_tokens: 15,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: 5,
        output_tokens: 9,
        output_tokens_details: { thinking_tokens: 4 },
        server_tool_use: null,
      },
    })
  })

  it('the first call is streamed, and the next is sent when the first is complete', () => {
    const translator = new StreamTranslator(options)
    const deltas = (event: object) => translator.push(event).map(({ type }) => type)
    expect(deltas(chunk(called(0, { id: 'a', name: 'f', arguments: '{"x":' })))).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
    ])
    expect(deltas(chunk(called(1, { id: 'b', name: 'g', arguments: '{"y":2' })))).toEqual([])
    expect(deltas(chunk(called(0, { arguments: '"}"}' })))).toEqual([
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
    ])
    expect(deltas(chunk(called(1, { arguments: '}' })))).toEqual(['content_block_delta'])
  })

  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['content_filter', 'refusal'],
  ])('the reason %s is %s', (reason, expected) => {
    const events = streamed([chunk({ content: 'Hi' }), chunk({}, {}, reason)], options)
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: expected } })
  })

  it('an answer with calls ends with tool_use for any reason, and a textual refusal with refusal', () => {
    const calling = streamed([chunk(called(0, { id: 'a', name: 'f', arguments: '{}' })), stop], options)
    expect(calling.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } })
    expect(
      whole({ choices: [{ message: { content: null, refusal: 'No.' }, finish_reason: 'stop' }] }, options),
    ).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
    })
  })

  it('a truncated stream ends with an error, so that clients retry, and not with message_stop', () => {
    const events = streamed([chunk({ content: 'Hi' })], options)
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } })
    expect(events.map(({ type }) => type)).not.toContain('message_stop')
  })

  it('reasoning is omitted for clients that did not request it and have no tools', () => {
    const ask = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }
    const kinds = (request: object) =>
      streamed([chunk({ reasoning_content: 'Hm.' }), chunk({ content: 'Hi' }), stop], {
        ...options,
        context: contextFor('messages', request),
      }).flatMap(event => (event.type === 'content_block_start' ? [event.content_block.type] : []))
    expect(kinds(ask)).toEqual(['text'])
    expect(kinds({ ...ask, thinking: { type: 'disabled' } })).toEqual(['text'])
    expect(kinds({ ...ask, thinking: { type: 'enabled', budget_tokens: 1_024 } })).toEqual([
      'thinking',
      'text',
    ])
    expect(kinds({ ...ask, tools: [{ name: 'f', input_schema: { type: 'object' } }] })).toEqual([
      'thinking',
      'text',
    ])
  })

  it('arguments that are not a JSON object become empty in a whole answer', () => {
    const answer = (given: string) =>
      whole(
        {
          choices: [
            {
              message: { tool_calls: [{ id: 'a', function: { name: 'f', arguments: given } }] },
              finish_reason: 'length',
            },
          ],
        },
        options,
      ).content
    for (const given of ['', '{"x":', '[1]', '7', 'null'])
      expect(answer(given)).toMatchObject([{ input: {} }])
    expect(answer('{"__proto__":1}')).toMatchObject([{ input: JSON.parse('{"__proto__":1}') }])
  })

  it('carried fields create no block in an answer without calls', () => {
    const extra = { extra_content: { google: { thought_signature: 'x' } } }
    const kinds = (...events: object[]) =>
      streamed([...events, chunk({}, {}, 'stop')], options).flatMap(event =>
        event.type === 'content_block_start' ? [event.content_block.type] : [],
      )
    expect(kinds(chunk({ content: 'Hi', ...extra }))).toEqual(['text'])
    expect(kinds(chunk({ content: 'Hi' }), chunk({ content: '', ...extra }))).toEqual(['text'])
    expect(
      kinds(
        chunk({ content: 'Hi' }),
        chunk(extra),
        chunk(called(0, { id: 'a', name: 'f', arguments: '{}' })),
      ),
    ).toEqual(['text', 'thinking', 'tool_use'])
  })

  it('reasoning of any vendor is signed, so that it can be removed before a request to Anthropic', () => {
    const thoughts = [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }]
    expect(whole({ choices: [{ message: { content: thoughts } }] }, options).content).toMatchObject([
      { type: 'thinking', thinking: 'Hm.', signature: expect.stringMatching(/^qk1:/) },
    ])
  })
})
