import { describe, expect, it } from 'vitest'
import {
  called,
  chunk,
  contextFor,
  fullChatStream,
  optionsFor,
  streamed,
  usage,
  whole,
} from '../../tests/vendor-forms.js'
import { StreamTranslator } from '../index.js'

const options = optionsFor('chat', 'responses')

describe('events of Responses', () => {
  it('follow OpenAI’s order, with gapless sequence numbers and stable indexes', () => {
    const events = streamed(fullChatStream, options)
    expect(events.map(event => event.sequence_number)).toEqual(events.map((_, index) => index))
    expect(events.map(({ type }) => type.replace('response.', ''))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ])
    expect(events.flatMap(event => ('output_index' in event ? [event.output_index] : []))).toEqual([
      ...Array(7).fill(0),
      ...Array(7).fill(1),
      ...Array(5).fill(2),
      ...Array(5).fill(3),
    ])
    expect(events.at(-1)).toMatchObject({
      response: {
        id: 'resp_1',
        object: 'response',
        created_at: 1_764_000_123,
        model: 'vendor-model',
        status: 'completed',
        output: [
          { type: 'reasoning', id: 'rs_1_0', summary: [{ type: 'summary_text', text: 'Let me look.' }] },
          {
            type: 'message',
            id: 'msg_1_1',
            status: 'completed',
            content: [{ text: 'I will check.', annotations: [] }],
          },
          {
            type: 'function_call',
            id: 'fc_1_2',
            call_id: 'call_a',
            name: 'weather',
            arguments: '{"city":"Gent"}',
            status: 'completed',
          },
          {
            type: 'function_call',
            id: 'fc_1_3',
            call_id: 'call_b',
            name: 'time',
            arguments: '{"zone":"CET"}',
            status: 'completed',
          },
        ],
      },
    })
  })

  it('repeat the settings of the request, which SDKs read', () => {
    const request = {
      model: 'm',
      input: 'Hi',
      instructions: 'Be brief.',
      metadata: { a: 'b' },
      temperature: 0.5,
      parallel_tool_calls: false,
      tools: [{ type: 'function', name: 'f', parameters: null, strict: false }],
      tool_choice: 'required',
      max_output_tokens: 7,
      store: true,
    }
    const [created] = streamed(fullChatStream, { ...options, context: contextFor('responses', request) })
    expect(created).toMatchObject({
      type: 'response.created',
      response: {
        status: 'in_progress',
        output: [],
        usage: null,
        instructions: 'Be brief.',
        metadata: { a: 'b' },
        temperature: 0.5,
        parallel_tool_calls: false,
        tools: request.tools,
        tool_choice: 'required',
        max_output_tokens: 7,
        store: false,
        previous_response_id: null,
      },
    })
  })

  it('contain the text of custom tools and the bare name of namespaced ones, as Codex requires', () => {
    const request = {
      model: 'm',
      input: 'Hi',
      tools: [
        { type: 'custom', name: 'apply_patch' },
        { type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn' }] },
      ],
    }
    const events = streamed(
      [
        chunk(called(0, { id: 'a', name: 'apply_patch', arguments: '{"inp' })),
        chunk(called(0, { arguments: 'ut":"*** \\"x\\"\\n"}' })),
        chunk(called(1, { id: 'b', name: 'agents__spawn', arguments: '{}' })),
        chunk({}, {}, 'tool_calls'),
      ],
      { ...options, context: contextFor('responses', request) },
    )
    const done = events.flatMap(event => (event.type === 'response.output_item.done' ? [event.item] : []))
    expect(done).toEqual([
      {
        type: 'custom_tool_call',
        id: 'fc_1_0',
        call_id: 'a',
        name: 'apply_patch',
        input: '*** "x"\n',
        status: 'completed',
      },
      {
        type: 'function_call',
        id: 'fc_1_1',
        call_id: 'b',
        name: 'spawn',
        namespace: 'agents',
        arguments: '{}',
        status: 'completed',
      },
    ])
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'response.custom_tool_call_input.done', input: '*** "x"\n' }),
    )
  })

  it('a custom tool whose stand-in got other arguments has these as its text', () => {
    const request = { model: 'm', input: 'Hi', tools: [{ type: 'custom', name: 'apply_patch' }] }
    const context = contextFor('responses', request)
    const answerOf = (given: string) =>
      whole(
        {
          choices: [
            { message: { tool_calls: [{ id: 'a', function: { name: 'apply_patch', arguments: given } }] } },
          ],
        },
        { ...options, context },
      ).output
    expect(answerOf('*** Begin')).toMatchObject([{ input: '*** Begin' }])
    expect(answerOf('{"input":["a"]}')).toMatchObject([{ input: '["a"]' }])
    expect(answerOf('')).toMatchObject([{ input: '' }])
  })

  it('include refusals, citations and log probabilities', () => {
    const citation = { start_index: 0, end_index: 2, title: 'T', url: 'https://a' }
    const logprob = {
      token: 'Hi',
      logprob: -0.1,
      bytes: [72, 105],
      top_logprobs: [{ token: 'Hi', logprob: -0.1, bytes: null }],
    }
    const events = streamed(
      [
        { ...chunk({}), choices: [{ index: 0, delta: { content: 'Hi' }, logprobs: { content: [logprob] } }] },
        chunk({ annotations: [{ type: 'url_citation', url_citation: citation }] }),
        chunk({ refusal: 'No.' }),
        chunk({}, {}, 'stop'),
      ],
      options,
    )
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'response.output_text.annotation.added',
        'response.refusal.delta',
        'response.refusal.done',
      ]),
    )
    expect(events.at(-1)).toMatchObject({
      response: {
        output: [
          {
            content: [
              {
                type: 'output_text',
                text: 'Hi',
                annotations: [{ type: 'url_citation', ...citation }],
                logprobs: [{ token: 'Hi', top_logprobs: [{ bytes: [] }] }],
              },
              { type: 'refusal', refusal: 'No.' },
            ],
          },
        ],
      },
    })
  })

  it('end with response.failed if the gateway fails the stream', () => {
    const translator = new StreamTranslator(options)
    translator.push(chunk({ content: 'Hi' }))
    const error = {
      httpStatus: 429,
      message: 'Spent.',
      code: 'quota_exhausted',
      param: null,
      resetsAtSeconds: 1_764_009_999,
    }
    expect(translator.fail(error)).toMatchObject([
      {
        type: 'response.failed',
        sequence_number: 5,
        response: {
          status: 'failed',
          error: { code: 'usage_limit_reached', message: 'Spent.', resets_at: 1_764_009_999 },
        },
      },
    ])
    expect([
      ...translator.push(chunk({ content: 'x' })),
      ...translator.end(),
      ...translator.fail(error),
    ]).toEqual([])
    expect(translator.error).toEqual(error)
    expect(new StreamTranslator(options).fail(error).map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.failed',
    ])
  })

  it('state that an answer was truncated by its maximum, also in its items', () => {
    const last = streamed([chunk({ content: 'Hi' }), chunk({}, { usage }, 'length')], options).at(-1)
    expect(last).toMatchObject({
      type: 'response.incomplete',
      response: {
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [{ status: 'incomplete' }],
        usage: { total_tokens: 29 },
      },
    })
  })
})
