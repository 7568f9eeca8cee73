import type { ServerResponse } from 'node:http'
import { isThorough } from '@quotakeeper/test-kit'
import { beforeAll, expect, test } from 'vitest'
import { startFixture } from './fixture.js'
import { messageEvents } from './recorded-dialects.js'
import { events, namedEvents, sse } from './recorded-forms.js'
import { candidate } from './recorded-gemini.js'
import { type Respond, startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

const text = 'x'.repeat(20_000)

/** Answers that have begun, with the usage that their vendor reports by then: 1 token of output, or none. */
const begun = {
  messages: namedEvents(
    {
      type: 'message_start',
      message: {
        ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] },
        ...{ stop_reason: null, stop_sequence: null },
        usage: { input_tokens: 25, cache_read_input_tokens: 3_000, output_tokens: 1 },
      },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
  ),
  'chat/completions': sse({
    choices: [{ index: 0, delta: { content: text }, finish_reason: null }],
    usage: { prompt_tokens: 3_025, completion_tokens: 1, total_tokens: 3_026 },
  }),
  responses: namedEvents(
    { type: 'response.created', response: { id: 'r', status: 'in_progress', output: [], usage: null } },
    {
      ...{ type: 'response.output_text.delta', item_id: 'i', output_index: 0, content_index: 0 },
      delta: text,
    },
  ),
  streamGenerateContent: sse({
    candidates: [candidate([{ text }])],
    usageMetadata: { promptTokenCount: 3_025, candidatesTokenCount: 1, totalTokenCount: 3_026 },
  }),
} as const
type VendorEndpoint = keyof typeof begun

const overloaded = namedEvents({
  type: 'error',
  error: { type: 'overloaded_error', message: 'Overloaded' },
})

const messages = [{ role: 'user', content: 'Say hello.' }]
const requests = {
  messages: { max_tokens: 32_000, messages, stream: true },
  'chat/completions': { messages, stream: true },
  responses: { input: 'Say hello.', stream: true },
  streamGenerateContent: { contents: [{ role: 'user', parts: [{ text: 'Say hello.' }] }] },
} as const

type Write = (response: ServerResponse, sent: string) => void
const endings: readonly (readonly [string, 'failed' | 'aborted', Write])[] = [
  ['is cut off', 'failed', (response, sent) => response.write(sent, () => response.destroy())],
  ['ends in an error', 'failed', (response, sent) => response.end(sent + overloaded)],
  ['ends too early', 'failed', (response, sent) => response.end(sent)],
  ['is left by its client', 'aborted', (response, sent) => response.write(sent)],
]

const ways: readonly (readonly [VendorEndpoint, VendorEndpoint])[] = [
  ['messages', 'messages'],
  ['chat/completions', 'messages'],
  ['responses', 'messages'],
  ['chat/completions', 'chat/completions'],
  ['messages', 'chat/completions'],
  ['responses', 'responses'],
  ['streamGenerateContent', 'streamGenerateContent'],
]

/** In `test` each way has two of the endings, in turn. */
const cases = ways.flatMap(([endpoint, at], way) =>
  endings
    .filter((_, ending) => isThorough || ending % 2 === way % 2)
    .map(ending => [at, endpoint, ...ending] as const),
)

test.each(cases)(
  'a stream of %s for a client of %s that %s is charged the text that came',
  async (...way) => {
    const [at, endpoint, , outcome, write] = way
    const answer: Respond = (_, response) => {
      write(response.setHeader('content-type', events), begun[at])
    }
    await using vendor = await startRecordedVendor(answer)
    await using fixture = await startFixture(api, {
      keys: { a: { baseUrl: vendor.baseUrl, endpoints: [at] } },
    })
    const { origin, model } = fixture
    const path =
      endpoint === 'streamGenerateContent' ? `v1beta/models/${model}:${endpoint}?alt=sse` : `v1/${endpoint}`
    const client = new AbortController()
    const response = await fetch(`${origin}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, ...requests[endpoint] }),
      signal: client.signal,
    })
    expect(response.status).toBe(200)
    if (outcome === 'failed') expect(await response.text()).toContain(text)
    else {
      let read = ''
      for await (const bytes of response.body ?? []) {
        read += Buffer.from(bytes).toString('latin1')
        if (read.includes(text)) break
      }
      client.abort()
      await expect.poll(() => vendor.calls[0]?.hasLeft).toBe(true)
    }
    // Responses report nothing until their end.
    const reported = at === 'responses' ? {} : { inputTokenCount: 3_025 }
    const charge = { outcome, estimated: true, requestCount: 1, outputTokenCount: 5_000, ...reported }
    expect(await fixture.ledgerOf('a')).toMatchObject([{ ...charge, characterCount: 10 + text.length }])
  },
)

test('a stream that its client leaves behind the end of the answer is charged its usage', async () => {
  const short = messageEvents.replaceAll('"output_tokens":50', '"output_tokens":2').replace('Hel', text)
  await using vendor = await startRecordedVendor((_, response) => {
    response.setHeader('content-type', events).write(short)
  })
  await using fixture = await startFixture(api, {
    keys: { a: { baseUrl: vendor.baseUrl, endpoints: ['messages'] } },
  })
  const response = await fetch(`${fixture.origin}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: fixture.model, ...requests.messages }),
  })
  let read = ''
  for await (const bytes of response.body ?? []) {
    read += Buffer.from(bytes).toString('latin1')
    if (read.includes('"message_stop"')) break
  }
  await expect.poll(() => vendor.calls[0]?.hasLeft).toBe(true)
  expect(await fixture.ledgerOf('a')).toMatchObject([
    { outcome: 'aborted', inputTokenCount: 3_210, outputTokenCount: 2 },
  ])
})
