import { isThorough } from '@quotakeeper/test-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChatMessage, type ChatRequest, translateRequest } from '../src/index.js'
import { chunk, fullChatAnswer, optionsFor, streamed, whole } from './vendor-forms.js'

const target = { vendor: 'some-vendor' }
const others = ['responses', 'messages'] as const
/** Random values of each property, some of which take several times as many. */
const numRuns = isThorough ? 100 : 25

/** Arbitrary texts; empty ones are omitted from requests. */
const text = fc.string({ minLength: 1, unit: 'grapheme', maxLength: 20 })
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,30}$/)
const id = fc.stringMatching(/^call_[a-zA-Z0-9]{6,12}$/)
const json = fc
  .dictionary(name, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 4 })
  .map(value => JSON.stringify(value))
const image = fc.constantFrom('https://example.com/a.png', 'data:image/png;base64,iVBORw0KGgo=')
const part = fc.oneof(
  text.map(value => ({ type: 'text' as const, text: value })),
  image.map(url => ({ type: 'image_url' as const, image_url: { url, detail: 'auto' as const } })),
  fc.constant({
    type: 'file' as const,
    file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' },
  }),
)
const user: fc.Arbitrary<ChatMessage[]> = fc
  .oneof(text, fc.array(part, { minLength: 2, maxLength: 4 }))
  .map(content => [{ role: 'user', content }])

/** A turn of the assistant: text, and calls with their results. */
const assistant: fc.Arbitrary<ChatMessage[]> = fc
  .tuple(
    text,
    fc.uniqueArray(fc.record({ id, name, arguments: json, result: text }), {
      maxLength: 3,
      selector: call => call.id,
    }),
  )
  .map(([content, calls]) => [
    {
      role: 'assistant' as const,
      content,
      ...(calls.length === 0
        ? {}
        : {
            tool_calls: calls.map(({ id: callId, name: called, arguments: given }) => ({
              id: callId,
              type: 'function' as const,
              function: { name: called, arguments: given },
            })),
          }),
    },
    ...calls.map(call => ({ role: 'tool' as const, tool_call_id: call.id, content: call.result })),
  ])

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    system: fc.option(text, { nil: null }),
    turns: fc.array(fc.tuple(user, assistant), { maxLength: 3 }),
    last: user,
    tools: fc.uniqueArray(fc.record({ name, description: text }), {
      maxLength: 3,
      selector: tool => tool.name,
    }),
    maxTokens: fc.integer({ min: 1, max: 100_000 }),
    temperature: fc.constantFrom(0, 0.5, 1),
    isStream: fc.boolean(),
    isParallel: fc.boolean(),
    choice: fc.constantFrom('auto' as const, 'none' as const, 'required' as const, 'first' as const),
  })
  .map(({ system, turns, last, tools, choice, ...set }) => {
    const [first] = tools
    const named = first === undefined ? 'auto' : { type: 'function' as const, function: { name: first.name } }
    return {
      model: 'm',
      messages: [
        ...(system === null ? [] : [{ role: 'system' as const, content: system }]),
        ...turns.flatMap(([asked, said]) => [...asked, ...said]),
        ...last,
      ],
      ...(tools.length === 0
        ? {}
        : {
            tools: tools.map(tool => ({
              type: 'function' as const,
              function: { ...tool, parameters: { type: 'object', properties: {} }, strict: false },
            })),
            tool_choice: choice === 'first' ? named : choice,
            ...(set.isParallel || choice === 'none' ? {} : { parallel_tool_calls: false }),
          }),
      max_tokens: set.maxTokens,
      temperature: set.temperature,
      response_format: {
        type: 'json_schema' as const,
        json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
      },
      ...(set.isStream ? { stream: true, stream_options: { include_usage: true } } : {}),
    }
  })

function translated(
  from: 'chat' | 'responses' | 'messages',
  to: 'chat' | 'responses' | 'messages',
  body: unknown,
) {
  const result = translateRequest({ from, to, body, target })
  if (!result.ok) throw new Error(result.refusal.message)
  return result
}

/** Merges consecutive texts of one side, and orders results by their calls. */
function normalised(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (field, value) => (field === 'strict' ? undefined : value))
}

describe('a request for chat completions survives a round trip', () => {
  it.each(others)('through %s, with nothing left out', other => {
    fc.assert(
      fc.property(request, body => {
        const there = translated('chat', other, body)
        expect(there.leftOut).toEqual([])
        const back = translated(other, 'chat', there.request)
        expect(back.leftOut).toEqual([])
        expect(normalised(withoutNames(back.request))).toEqual(normalised(withoutNames(body)))
      }),
      { numRuns: 3 * numRuns },
    )
  })

  it.each(others)('and so does its translation to %s', other => {
    fc.assert(
      fc.property(request, body => {
        const there = translated('chat', other, body).request
        const again = translated('chat', other, translated(other, 'chat', there).request).request
        expect(normalised(withoutNames(again))).toEqual(normalised(withoutNames(there)))
      }),
      { numRuns },
    )
  })
})

/** Messages has neither the detail of an image nor the name of an answer's schema. */
function withoutNames(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (field, value) => (field === 'detail' ? undefined : value))
}

const answer = fc
  .record({
    content: text,
    reasoning: fc.option(text, { nil: null }),
    calls: fc.uniqueArray(fc.record({ id, name, arguments: json }), {
      maxLength: 3,
      selector: call => call.id,
    }),
    reason: fc.constantFrom('stop', 'length', 'content_filter'),
    counts: fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), fc.nat(1_000)),
  })
  .map(({ content, reasoning, calls, reason, counts: [cached, input, thought, output] }) => ({
    ...fullChatAnswer,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content,
          refusal: null,
          ...(reasoning === null ? {} : { reasoning_content: reasoning }),
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map(({ id: callId, name: called, arguments: given }) => ({
                  id: callId,
                  type: 'function',
                  function: { name: called, arguments: given },
                })),
              }),
        },
        logprobs: null,
        finish_reason: reason === 'stop' && calls.length > 0 ? 'tool_calls' : reason,
      },
    ],
    usage: {
      prompt_tokens: cached + input,
      completion_tokens: thought + output,
      total_tokens: cached + input + thought + output,
      prompt_tokens_details: { cached_tokens: cached },
      completion_tokens_details: { reasoning_tokens: thought },
    },
  }))

describe('an answer', () => {
  it.each(others)(
    'of chat completions survives a round trip through %s with text, calls, usage and reason',
    other => {
      fc.assert(
        fc.property(answer, body => {
          const there = whole(body, optionsFor('chat', other))
          const back = whole(there, optionsFor(other, 'chat', { id: 'chatcmpl-x' }))
          const { id: _, created: __, ...rest } = back
          const { id: ___, created: ____, ...sent } = body
          expect(withoutDetails(rest)).toEqual(sent)
        }),
        { numRuns: 2 * numRuns },
      )
    },
  )

  it.each(others)('is the same streamed in any parts and whole, translated for %s', other => {
    fc.assert(
      fc.property(answer, fc.infiniteStream(fc.nat(7)), (body, sizes) => {
        const events = streamed(piecesOf(body, sizes), optionsFor('chat', other))
        expect(assembled(other, events)).toEqual(plain(whole(body, optionsFor('chat', other))))
        // Its events, read again, are the same too.
        const back = optionsFor(other, 'chat')
        const again = streamed(events, back)
        const choices = again.flatMap(event => ('choices' in event ? event.choices : []))
        expect(choices.map(choice => choice.delta.content ?? '').join('')).toBe(
          body.choices[0]?.message.content,
        )
        expect(choices.at(-1)?.finish_reason).toBe(body.choices[0]?.finish_reason)
      }),
      { numRuns: 2 * numRuns },
    )
  })
})

/** Removes `reasoning_details`, which only carry the vendor's fields. */
function withoutDetails(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (field, value) =>
    field === 'reasoning_details' ? undefined : value,
  )
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** An answer in parts of any size, with parallel calls. */
function piecesOf(
  body: { readonly choices: readonly unknown[]; readonly usage: object },
  sizes: Iterable<number>,
): object[] {
  const [choice] = body.choices
  const { message, finish_reason: reason } = choice as {
    message: {
      content: string
      reasoning_content?: string
      tool_calls?: { id: string; function: { name: string; arguments: string } }[]
    }
    finish_reason: string
  }
  const size = sizes[Symbol.iterator]()
  const cut = (whole: string): string[] => {
    const pieces: string[] = []
    for (let rest = whole; rest !== ''; ) {
      const length = 1 + Number(size.next().value)
      pieces.push(rest.slice(0, length))
      rest = rest.slice(length)
    }
    return pieces
  }
  const calls = message.tool_calls ?? []
  const argumentPieces = calls.map(call => cut(call.function.arguments))
  const rounds = Math.max(0, ...argumentPieces.map(pieces => pieces.length))
  return [
    ...cut(message.reasoning_content ?? '').map(piece => chunk({ reasoning_content: piece })),
    ...cut(message.content).map(piece => chunk({ content: piece })),
    ...calls.map((call, index) =>
      chunk({
        tool_calls: [
          { index, id: call.id, type: 'function', function: { name: call.function.name, arguments: '' } },
        ],
      }),
    ),
    ...Array.from({ length: rounds }, (_, round) =>
      argumentPieces.flatMap((pieces, index) =>
        pieces[round] === undefined
          ? []
          : [chunk({ tool_calls: [{ index, function: { arguments: pieces[round] } }] })],
      ),
    ).flat(),
    chunk({}, {}, reason),
    { ...chunk({}), choices: [], usage: body.usage },
  ]
}

/** The answer accumulated from events by the rules of their dialect. */
function assembled(other: (typeof others)[number], events: readonly object[]): unknown {
  if (other === 'responses') return plain(Reflect.get(events.at(-1) ?? {}, 'response'))
  return assembleMessage(plain(events) as MessageEvents)
}

type MessageEvents = {
  type: string
  index: number
  message: Record<string, unknown>
  content_block: Record<string, unknown>
  delta: Record<string, string>
  usage: object
}[]

function assembleMessage(events: MessageEvents): unknown {
  const [first] = events
  const content: Record<string, unknown>[] = []
  const inputs: string[] = []
  let end: object = {}
  let usage: object = {}
  for (const event of events) {
    const block = content[event.index]
    if (event.type === 'content_block_start') content.push(event.content_block)
    if (event.type === 'message_delta') {
      end = event.delta
      usage = event.usage
    }
    if (event.type !== 'content_block_delta' || block === undefined) continue
    const { partial_json: json, type: _, ...texts } = event.delta
    if (json !== undefined) inputs[event.index] = (inputs[event.index] ?? '') + json
    for (const [field, piece] of Object.entries(texts)) block[field] = `${block[field]}${piece}`
  }
  for (const [index, input] of inputs.entries())
    if (input !== undefined) Object.assign(content[index] ?? {}, { input: JSON.parse(input) })
  const { usage: began, ...message } = first?.message ?? {}
  return { ...message, ...end, content, usage: { ...(began as object), ...usage } }
}
