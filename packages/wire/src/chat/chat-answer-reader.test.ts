import { describe, expect, it } from 'vitest'
import { called, chunk, optionsFor, streamed, usage, whole } from '../../tests/vendor-forms.js'

/** The final output for a client of Responses. */
function output(events: readonly unknown[], isDone = false) {
  const last = streamed(events, optionsFor('chat', 'responses'), isDone).at(-1)
  if (last === undefined || !('response' in last)) throw new Error('The stream has no end.')
  return last.response
}

const stop = chunk({}, {}, 'stop')
const said = (text: string) => [{ type: 'message', content: [{ type: 'output_text', text }] }]
const functionCall = (id: string, name: string, given: string) => ({
  type: 'function_call',
  call_id: id,
  name,
  arguments: given,
})

describe('unusual streams of vendors', () => {
  it.each([
    ['no index in choices', [{ ...chunk({}), choices: [{ delta: { content: 'Hi' } }] }, stop]],
    [
      'null content and a role in every event',
      [chunk({ role: 'assistant', content: null }), chunk({ role: 'assistant', content: 'Hi' }), stop],
    ],
    ['content after the reason', [stop, chunk({ content: 'Hi' })]],
    ['the reason twice', [chunk({ content: 'Hi' }), stop, stop]],
    [
      'a whole message as the only event',
      [{ ...chunk({}), choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }] }],
    ],
    [
      'the whole message again at the end',
      [
        chunk({ content: 'Hi' }),
        {
          ...chunk({}),
          choices: [{ index: 0, delta: {}, message: { content: 'Hi' }, finish_reason: 'stop' }],
        },
      ],
    ],
    [
      'a second answer',
      [chunk({ content: 'Hi' }), { ...chunk({}), choices: [{ index: 1, delta: { content: 'Ho' } }] }, stop],
    ],
    [
      'missing or null choices',
      [{ ...chunk({}), choices: [] }, { ...chunk({}), choices: null }, chunk({ content: 'Hi' }), stop],
    ],
    ['values that are not objects', [null, 'x', 7, [], chunk({ content: 'Hi' }), stop]],
    [
      'a list of parts',
      [
        chunk({
          content: [
            { type: 'text', text: 'H' },
            { type: 'text', text: 'i' },
          ],
        }),
        stop,
      ],
    ],
  ])('%s: the text is the same', (_name, events) => {
    expect(output(events)).toMatchObject({ status: 'completed', output: said('Hi') })
  })

  it.each([
    ['in an event without choices', [chunk({ content: 'Hi' }), stop, { ...chunk({}), choices: [], usage }]],
    [
      'in each event, the last null',
      [
        chunk({ content: 'Hi' }, { usage: { ...usage, completion_tokens: 1 } }),
        chunk({}, { usage }, 'stop'),
        chunk({}, { usage: null }),
      ],
    ],
    ['twice', [chunk({ content: 'Hi' }), chunk({}, { usage }, 'stop'), { ...chunk({}), choices: [], usage }]],
    ['of Groq', [chunk({ content: 'Hi' }), chunk({}, { x_groq: { usage } }, 'stop')]],
    [
      'in the choice, as Moonshot does',
      [
        chunk({ content: 'Hi' }),
        { ...chunk({}), choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] },
      ],
    ],
  ])('usage %s is that of the whole', (_name, events) => {
    expect(output(events).usage).toEqual({
      input_tokens: 20,
      input_tokens_details: { cached_tokens: 5 },
      output_tokens: 9,
      output_tokens_details: { reasoning_tokens: 4 },
      total_tokens: 29,
    })
  })

  it('missing or absurd usage is null', () => {
    expect(output([chunk({ content: 'Hi' }), stop]).usage).toBeNull()
    const absurd = { prompt_tokens: -1, completion_tokens: 1.5 }
    expect(output([chunk({ content: 'Hi' }, { usage: absurd }, 'stop')]).usage).toBeNull()
  })

  it.each([
    [
      'the name in every piece',
      [
        chunk(called(0, { id: 'a', name: 'f', arguments: '{"x"' })),
        chunk(called(0, { id: 'a', name: 'f', arguments: ':1}' })),
      ],
      [functionCall('a', 'f', '{"x":1}')],
    ],
    [
      'the name after the id',
      [chunk(called(0, { id: 'a', arguments: '' })), chunk(called(0, { name: 'f', arguments: '{"x":1}' }))],
      [functionCall('a', 'f', '{"x":1}')],
    ],
    [
      'no id',
      [chunk(called(0, { name: 'f', arguments: '{"x":1}' }))],
      [functionCall('call_1_0', 'f', '{"x":1}')],
    ],
    [
      'no index',
      [
        chunk({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{"x"' } }] }),
        chunk({ tool_calls: [{ function: { arguments: ':1}' } }] }),
        chunk({ tool_calls: [{ id: 'b', function: { name: 'g', arguments: '{}' } }] }),
      ],
      [functionCall('a', 'f', '{"x":1}'), functionCall('b', 'g', '{}')],
    ],
    [
      'the index 0 for each call',
      [
        chunk(called(0, { id: 'a', name: 'f', arguments: '{"x":1}' })),
        chunk(called(0, { id: 'b', name: 'g', arguments: '{}' })),
      ],
      [functionCall('a', 'f', '{"x":1}'), functionCall('b', 'g', '{}')],
    ],
    [
      'arguments as an object',
      [chunk({ tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] })],
      [functionCall('call_1_0', 'f', '{"x":1}')],
    ],
    ['no arguments at all', [chunk(called(0, { id: 'a', name: 'f' }))], [functionCall('a', 'f', '{}')]],
    [
      'the older function_call format',
      [
        chunk({ function_call: { name: 'f', arguments: '{"x"' } }),
        chunk({ function_call: { arguments: ':1}' } }),
      ],
      [functionCall('call_1_0', 'f', '{"x":1}')],
    ],
    [
      'the same id for two calls',
      [
        chunk(called(0, { id: 'a', name: 'f', arguments: '{}' })),
        chunk(called(1, { id: 'a', name: 'f', arguments: '{}' })),
      ],
      [functionCall('a', 'f', '{}'), functionCall('a_1', 'f', '{}')],
    ],
    [
      'a text between pieces of a call',
      [
        chunk(called(0, { id: 'a', name: 'f', arguments: '{"x"' })),
        chunk({ content: 'Hi' }),
        chunk(called(0, { arguments: ':1}' })),
      ],
      [functionCall('a', 'f', '{"x":1}'), ...said('Hi')],
    ],
    [
      'a call that is never named',
      [chunk(called(0, { id: 'a', arguments: '{}' })), chunk({ content: 'Hi' })],
      said('Hi'),
    ],
  ])('calls with %s are complete', (_name, events, expected) => {
    expect(output([...events, chunk({}, {}, 'stop')]).output).toMatchObject(expected)
  })

  it('a truncated stream fails with the partial answer; one with an end mark has ended', () => {
    const cut = output([chunk({ content: 'Hi' })])
    expect(cut).toMatchObject({ status: 'failed', error: { code: 'server_error' }, output: said('Hi') })
    expect(output([])).toMatchObject({ status: 'failed' })
    expect(output([chunk({ content: 'Hi' })], true)).toMatchObject({
      status: 'completed',
      output: said('Hi'),
    })
  })

  it.each([
    [{ error: { message: 'No room.', code: 429 } }, 'rate_limit_exceeded'],
    [
      { error: { message: 'No room.', type: 'insufficient_quota', code: 'insufficient_quota' } },
      'insufficient_quota',
    ],
    [
      { error: { message: 'No room.', code: 'context_length_exceeded', type: 'invalid_request_error' } },
      'context_length_exceeded',
    ],
    [[{ error: { message: 'No room.', status: 'UNAVAILABLE', code: 503 } }], 'server_error'],
    [{ object: 'error', message: 'No room.', code: 400 }, 'invalid_prompt'],
    [{ x_groq: { error: 'No room.' }, choices: [] }, 'server_error'],
    [
      {
        choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { message: 'No room.', code: 502 } }],
      },
      'server_error',
    ],
  ])('an error in a stream ends it: %j', (event, code) => {
    const response = output([chunk({ content: 'Hi' }), event, chunk({ content: 'more' }), stop])
    expect(response).toMatchObject({
      status: 'failed',
      error: { code, message: 'No room.' },
      output: said('Hi'),
    })
  })

  it('an answer beyond the size limit fails instead of filling memory', () => {
    const options = optionsFor('chat', 'responses', { maxCharacters: 10 })
    const events = streamed([chunk({ content: '123456' }), chunk({ content: '789012' }), stop], options)
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { error: { code: 'server_error' } },
    })
  })

  it('reasoning is read from any of its fields', () => {
    const summary = [{ type: 'reasoning', summary: [{ text: 'Hm.' }] }]
    for (const delta of [
      { reasoning_content: 'Hm.' },
      { reasoning: 'Hm.' },
      { reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', index: 0 }] },
      { reasoning_details: [{ type: 'reasoning.summary', summary: 'Hm.', index: 0 }] },
      { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] },
    ])
      expect(output([chunk(delta), stop]).output).toMatchObject(summary)
  })

  it.each([
    ['max_tokens', 'incomplete', { reason: 'max_output_tokens' }],
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['content_filter', 'incomplete', { reason: 'content_filter' }],
    ['SAFETY', 'incomplete', { reason: 'content_filter' }],
    ['eos', 'completed', null],
  ])('the reason %s is understood', (reason, status, details) => {
    expect(output([chunk({ content: 'Hi' }), chunk({}, {}, reason)])).toMatchObject({
      status,
      incomplete_details: details,
    })
  })

  it('a whole answer without a reason has ended, and a body that is not an answer is an error', () => {
    const options = optionsFor('chat', 'messages')
    const call = { function: { name: 'f', arguments: '{}' } }
    expect(whole({ choices: [{ message: { content: null, tool_calls: [call] } }] }, options)).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', name: 'f', input: {} }],
    })
    for (const body of [{}, [], null, { choices: [] }, { error: { message: 'x' } }])
      expect(() => whole(body, options)).toThrow('No answer')
  })
})
