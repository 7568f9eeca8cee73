import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { generateText, jsonSchema, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import type { DialectName } from '../src/index.js'
import { chunk, fullChatAnswer, fullChatStream, optionsFor, streamed, whole } from './vendor-forms.js'

// The accumulators of the official SDKs are the strictest readers: what they build from a stream must equal the
// translated whole answer.

let server: Server | null = null

afterEach(async () => {
  await new Promise(resolve => server?.close(resolve))
  server = null
})

/** Starts a vendor of a dialect that answers every call with the stream. @returns its address */
function serve(dialect: DialectName, events: readonly object[]): Promise<string> {
  const lines = events.map(event => {
    const name =
      dialect === 'messages' || dialect === 'responses' ? `event: ${Reflect.get(event, 'type')}\n` : ''
    return `${name}data: ${JSON.stringify(event)}\n\n`
  })
  const end = dialect === 'chat' ? 'data: [DONE]\n\n' : ''
  return answerWith('text/event-stream', lines.join('') + end)
}

/** Starts a vendor that answers every call with the body. @returns its address */
async function answerWith(contentType: string, body: string): Promise<string> {
  const listening = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': contentType }).end(body)
  })
  server = listening
  await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
  // A listening TCP server has this type of address.
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
}

function openai(baseURL: string): OpenAI {
  return new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 })
}

const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }

describe('the SDK reads a whole answer', () => {
  it('openai: responses.create', async () => {
    const baseURL = await answerWith(
      'application/json',
      JSON.stringify(whole(fullChatAnswer, optionsFor('chat', 'responses'))),
    )
    const response = await openai(baseURL).responses.create({ model: 'm', input: 'Hi' })
    expect(response.output_text).toBe('I will check.')
    expect(response.usage?.output_tokens_details.reasoning_tokens).toBe(4)
  })

  it('@anthropic-ai/sdk: messages.create', async () => {
    const baseURL = await answerWith(
      'application/json',
      JSON.stringify(whole(fullChatAnswer, optionsFor('chat', 'messages'))),
    )
    const message = await new Anthropic({ baseURL, apiKey: 'none', maxRetries: 0 }).messages.create({
      ...ask,
      max_tokens: 9,
    })
    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use'])
  })

  it('ai with @ai-sdk/openai', async () => {
    const baseURL = await answerWith(
      'application/json',
      JSON.stringify(whole(fullChatAnswer, optionsFor('chat', 'responses'))),
    )
    const any = tool({ inputSchema: jsonSchema<object>({ type: 'object' }), execute: () => 'ok' })
    const result = await generateText({
      model: createOpenAI({ baseURL, apiKey: 'none' }).responses('m'),
      prompt: 'Hi',
      tools: { weather: any, time: any },
      maxRetries: 0,
    })
    expect([result.text, result.reasoningText, result.finishReason]).toEqual([
      'I will check.',
      'Let me look.',
      'tool-calls',
    ])
    expect(result.usage).toMatchObject({ inputTokens: 20, outputTokens: 9 })
  })
})

describe('the SDK accumulates a translated stream to the translated whole answer', () => {
  it('openai: responses.stream', async () => {
    const options = optionsFor('chat', 'responses')
    const baseURL = await serve('responses', streamed(fullChatStream, options))
    const seen: string[] = []
    const stream = openai(baseURL).responses.stream({ model: 'm', input: 'Hi' })
    let arguments_ = ''
    stream.on('response.function_call_arguments.delta', event => {
      arguments_ = event.snapshot
    })
    stream.on('event', event => seen.push(event.type))
    const final = await stream.finalResponse()
    expect(arguments_).toBe('{"zone":"CET"}')
    expect(stripParsed(final)).toEqual(JSON.parse(JSON.stringify(whole(fullChatAnswer, options))))
    expect(seen.slice(0, 4)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
    ])
  })

  it('@anthropic-ai/sdk: messages.stream', async () => {
    const options = optionsFor('chat', 'messages')
    const baseURL = await serve('messages', streamed(fullChatStream, options))
    const client = new Anthropic({ baseURL, apiKey: 'none', maxRetries: 0 })
    const stream = client.messages.stream({ ...ask, max_tokens: 99 })
    const message = await stream.finalMessage()
    expect(stripParsed(message)).toEqual(JSON.parse(JSON.stringify(whole(fullChatAnswer, options))))
    expect(message.stop_reason).toBe('tool_use')
    expect(message.usage).toMatchObject({ input_tokens: 15, cache_read_input_tokens: 5, output_tokens: 9 })
  })

  it('ai with @ai-sdk/openai, which checks every event', async () => {
    const baseURL = await serve('responses', streamed(fullChatStream, optionsFor('chat', 'responses')))
    const any = tool({ inputSchema: jsonSchema<object>({ type: 'object' }), execute: () => 'ok' })
    const errors: unknown[] = []
    const result = streamText({
      model: createOpenAI({ baseURL, apiKey: 'none' }).responses('m'),
      prompt: 'Hi',
      tools: { weather: any, time: any },
      maxRetries: 0,
      onError: ({ error }) => void errors.push(error),
    })
    expect(await result.text).toBe('I will check.')
    expect(errors).toEqual([])
    expect(await result.reasoningText).toBe('Let me look.')
    expect(await result.finishReason).toBe('tool-calls')
    expect((await result.toolCalls).map(call => [call.toolCallId, call.toolName, call.input])).toEqual([
      ['call_a', 'weather', { city: 'Gent' }],
      ['call_b', 'time', { zone: 'CET' }],
    ])
    expect(await result.usage).toMatchObject({
      inputTokens: 20,
      cachedInputTokens: 5,
      outputTokens: 9,
      reasoningTokens: 4,
    })
  })

  it('openai: a truncated answer ends as incomplete', async () => {
    const short = await serve(
      'responses',
      streamed([chunk({ content: 'Hi' }), chunk({}, {}, 'length')], optionsFor('chat', 'responses')),
    )
    const types: string[] = []
    for await (const event of await openai(short).responses.create({ model: 'm', input: 'Hi', stream: true }))
      types.push(event.type)
    expect(types.at(-1)).toBe('response.incomplete')
  })

  it('@anthropic-ai/sdk: an error in a stream is thrown with its class', async () => {
    const error = { error: { message: 'No room.', type: 'overloaded_error', code: 529 } }
    const baseURL = await serve(
      'messages',
      streamed([chunk({ content: 'Hi' }), error], optionsFor('chat', 'messages')),
    )
    const client = new Anthropic({ baseURL, apiKey: 'none', maxRetries: 0 })
    await expect(client.messages.stream({ ...ask, max_tokens: 99 }).finalMessage()).rejects.toThrow(
      'No room.',
    )
  })

  it.each(['responses', 'messages'] as const)(
    'openai: chat.completions.stream of a vendor with the dialect %s',
    async from => {
      const native = streamed(fullChatStream, optionsFor('chat', from))
      const options = optionsFor(from, 'chat')
      const baseURL = await serve('chat', streamed(native, options))
      const stream = openai(baseURL).chat.completions.stream({
        ...ask,
        stream_options: { include_usage: true },
      })
      const [choice] = (await stream.finalChatCompletion()).choices
      const answer = whole(whole(fullChatAnswer, optionsFor('chat', from)), options)
      expect(choice?.message.content).toBe('I will check.')
      expect(choice?.finish_reason).toBe('tool_calls')
      expect(
        choice?.message.tool_calls?.map(call => ('function' in call ? call.function : null)),
      ).toMatchObject(
        answer.choices[0]?.message.tool_calls?.map(call => ('function' in call ? call.function : null)) ?? [],
      )
      expect(await stream.totalUsage()).toMatchObject({ prompt_tokens: 20, completion_tokens: 9 })
    },
  )
})

/** Removes the fields added by the SDK's parser. */
function stripParsed(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (field, value) =>
    ['parsed_arguments', 'parsed', 'output_parsed', 'parsed_output'].includes(field) ? undefined : value,
  )
}
