import Anthropic, { APIError } from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import { type Fixture, requestsPerDay } from './fixture.js'
import { chatAnswer, chatEvents, messageAnswer, messageEvents } from './recorded-dialects.js'
import { json, startRecordedFixtures } from './recorded-fixture.js'
import { sse } from './recorded-forms.js'
import type { Respond } from './recorded-vendor.js'

const { vendor, fixtureOf } = await startRecordedFixtures()

const chatOnly = { endpoints: ['chat/completions'] }

/** Two keys at a vendor of chat completions, of which the first is spent. */
function translatedFixture(): Promise<Fixture> {
  return fixtureOf({ a: { ...chatOnly, limits: requestsPerDay(0) }, b: chatOnly })
}

function clientOf({ origin }: Fixture, apiKey = 'unused'): Anthropic {
  return new Anthropic({ baseURL: origin, apiKey, maxRetries: 0 })
}

const streamed =
  (body: string): Respond =>
  (_, response) => {
    response.setHeader('content-type', 'text/event-stream').end(body)
  }

function sentTo(call: number): Record<string, unknown> {
  return JSON.parse(vendor.calls[call]?.body.toString() ?? '')
}

const hi = [{ role: 'user' as const, content: 'hi' }]
const chunk = (delta: object, finish_reason: string | null = null) => ({
  ...{ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' },
  choices: [{ index: 0, delta, finish_reason }],
})

test("Anthropic's client gets a message of a vendor of chat completions, counted and within limits", async () => {
  await using fixture = await translatedFixture()
  const { model } = fixture
  vendor.next.push(json(chatAnswer))
  const { data, response } = await clientOf(fixture)
    .messages.create({
      ...{ model, max_tokens: 50, system: 'Be kind.', messages: hi, stop_sequences: ['END'] },
      metadata: { user_id: 'someone' },
    })
    .withResponse()
  expect(data).toMatchObject({
    ...{ type: 'message', role: 'assistant', stop_reason: 'end_turn' },
    content: [{ type: 'text', text: 'Hello' }],
    usage: { input_tokens: 20, output_tokens: 5 },
  })
  expect(data.id).toMatch(/^msg_/)
  expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf('b'))
  expect(vendor.calls.map(({ path }) => path)).toEqual(['/v1/chat/completions'])
  expect(sentTo(0)).toMatchObject({
    ...{ model, max_tokens: 50, stop: ['END'], user: 'someone' },
    messages: [{ role: 'system', content: 'Be kind.' }, ...hi],
  })
  expect(await fixture.ledgerOf('b')).toMatchObject([
    { outcome: 'succeeded', inputTokenCount: 20, outputTokenCount: 5, estimated: false },
  ])
})

test("Anthropic's client streams it", async () => {
  await using fixture = await translatedFixture()
  vendor.next.push(streamed(chatEvents))
  const stream = clientOf(fixture).messages.stream({ model: fixture.model, max_tokens: 50, messages: hi })
  const texts: string[] = []
  stream.on('text', text => texts.push(text))
  const final = await stream.finalMessage()
  expect(texts).toEqual(['Hel', 'lo'])
  expect(final).toMatchObject({
    stop_reason: 'end_turn',
    content: [{ type: 'text', text: 'Hello' }],
    usage: { input_tokens: 20, output_tokens: 5 },
  })
  expect(await fixture.ledgerOf('b')).toMatchObject([{ inputTokenCount: 20, outputTokenCount: 5 }])
})

test("Anthropic's client thinks and calls tools over two rounds, and a vendor gets its reasoning back", async () => {
  await using fixture = await translatedFixture()
  const { model } = fixture
  const client = clientOf(fixture)
  const call = { id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }
  vendor.next.push(
    streamed(
      sse(
        chunk({ reasoning_content: 'Adding.' }),
        chunk({ tool_calls: [{ index: 0, ...call }] }),
        chunk({}, 'tool_calls'),
        '[DONE]',
      ),
    ),
    json(chatAnswer),
  )
  const asked = {
    ...{ model, max_tokens: 50, thinking: { type: 'adaptive' as const } },
    tools: [{ name: 'add', input_schema: { type: 'object' as const } }],
  }
  const first = await client.messages.stream({ ...asked, messages: hi }).finalMessage()
  expect(first.content).toMatchObject([
    { type: 'thinking', thinking: 'Adding.' },
    { type: 'tool_use', id: 'call_1', name: 'add', input: { a: 1 } },
  ])
  expect(first.stop_reason).toBe('tool_use')
  const result = { type: 'tool_result' as const, tool_use_id: 'call_1', content: '2' }
  const second = await client.messages.create({
    ...asked,
    messages: [...hi, { role: 'assistant', content: first.content }, { role: 'user', content: [result] }],
  })
  expect(second.content).toMatchObject([{ type: 'text', text: 'Hello' }])
  expect(sentTo(1)['messages']).toMatchObject([
    ...hi,
    { role: 'assistant', reasoning_content: 'Adding.', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: '2' },
  ])
})

test('a request goes on as it came to Anthropic, with its head and query and the key in the header for it', async () => {
  await using fixture = await fixtureOf({ a: { vendor: 'anthropic' } })
  vendor.next.push(streamed(messageEvents))
  const text = `{ "model" : "${fixture.model}","max_tokens":9,\n "stream":true,"messages":[{"role":"user","content":"hi"}],"context_management":{"edits":[]} }`
  const response = await fetch(`${fixture.origin}/v1/messages?beta=true`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': 'of-the-client',
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'context-management-2025-06-27,interleaved-thinking-2025-05-14',
    },
    body: text,
  })
  expect(await response.text()).toBe(messageEvents)
  const [call] = vendor.calls
  expect([call?.path, call?.body.toString()]).toEqual(['/v1/messages?beta=true', text])
  expect(call?.headers).toMatchObject({
    'x-api-key': 'key-a',
    'anthropic-version': '2026-10-21',
    'anthropic-beta': 'context-management-2025-06-27,interleaved-thinking-2025-05-14',
  })
  expect(call?.headers.authorization).toBeUndefined()
  expect(await fixture.ledgerOf('a')).toMatchObject([
    { inputTokenCount: 3_210, cachedInputTokenCount: 3_000, outputTokenCount: 50, outcome: 'succeeded' },
  ])
})

test('clients of chat completions and Responses are answered by Anthropic in its own format or in theirs', async () => {
  await using fixture = await fixtureOf({ a: { vendor: 'anthropic' } })
  const ask = async (path: string, fields: object) => {
    const response = await fetch(`${fixture.origin}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: fixture.model, ...fields }),
    })
    return await response.json()
  }
  vendor.next.push(json(messageAnswer), json(chatAnswer))
  expect(await ask('responses', { input: 'hi' })).toMatchObject({
    status: 'completed',
    usage: { input_tokens: 3_210, input_tokens_details: { cached_tokens: 3_000 }, output_tokens: 50 },
  })
  expect(await ask('chat/completions', { messages: hi })).toEqual(chatAnswer)
  expect(vendor.calls.map(({ path }) => path)).toEqual(['/v1/messages', '/v1/chat/completions'])
  expect(vendor.calls[0]?.headers).toMatchObject({ 'x-api-key': 'key-a', 'anthropic-version': '2023-06-01' })
  expect(sentTo(0)).toMatchObject({ model: fixture.model, messages: [{ role: 'user' }] })
})

const thinking = (signature: string) => ({ type: 'thinking' as const, thinking: 'Hm.', signature })

test('thinking that another vendor has signed is left out, and said so', async () => {
  await using fixture = await fixtureOf({ a: { vendor: 'anthropic' }, b: {} })
  const client = clientOf(fixture)
  const { model, nameOf } = fixture
  const signature = `signed-by-${model}`
  vendor.next.push(
    json({ ...messageAnswer, content: [thinking(signature), ...messageAnswer.content] }),
    json(messageAnswer),
    json(messageAnswer),
  )
  const first = await client.messages.create({
    ...{ model: `${nameOf('a')}/${model}`, max_tokens: 9, messages: hi },
  })
  const messages = [...hi, { role: 'assistant' as const, content: first.content }, ...hi]
  const goOn = (key: string) =>
    client.messages.create({ model: `${nameOf(key)}/${model}`, max_tokens: 9, messages }).withResponse()
  const own = await goOn('a')
  expect(sentTo(1)['messages']).toEqual(messages)
  expect(own.response.headers.get('x-quotakeeper-left-out')).toBeNull()
  const other = await goOn('b')
  expect(sentTo(2)['messages']).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
    { role: 'user' },
  ])
  expect(other.response.headers.get('x-quotakeeper-left-out')).toBe('thinking.signature')
})

test('a signature that the vendor does not take is left out, in one request of the client', async () => {
  await using fixture = await fixtureOf({ a: { vendor: 'anthropic' } })
  const message = 'messages.1.content.0: Invalid `signature` in `thinking` block'
  vendor.next.push(
    json({ type: 'error', error: { type: 'invalid_request_error', message } }, 400),
    json(messageAnswer),
  )
  const assistant = { role: 'assistant' as const, content: [thinking('unknown'), messageAnswer.content[0]] }
  const answer = await clientOf(fixture).messages.create({
    ...{ model: fixture.model, max_tokens: 9 },
    messages: [...hi, assistant as Anthropic.MessageParam, ...hi],
  })
  expect(answer.content).toMatchObject([{ text: 'Hello' }])
  expect(vendor.calls).toHaveLength(2)
  expect(await fixture.ledgerOf('a')).toHaveLength(1)
})

test('tokens are counted by Anthropic where a key of its has room, which takes nothing of its quota', async () => {
  await using fixture = await fixtureOf({ a: { vendor: 'anthropic', limits: requestsPerDay(1) } })
  const client = clientOf(fixture)
  const { model } = fixture
  const count = () => client.messages.countTokens({ model, messages: hi }).withResponse()
  vendor.next.push(json({ input_tokens: 7 }), json({ input_tokens: 7 }), json(messageAnswer))
  const first = await count()
  expect([first.data.input_tokens, first.response.headers.get('x-quotakeeper-estimated')]).toEqual([7, null])
  await count()
  await client.messages.create({ model, max_tokens: 9, messages: hi })
  expect(vendor.calls.map(({ path }) => path)).toEqual([
    '/v1/messages/count_tokens',
    '/v1/messages/count_tokens',
    '/v1/messages',
  ])
  const rows = await fixture.ledgerOf('a')
  expect(rows.map(({ requestCount }) => requestCount)).toEqual([0, 0, 1])
  expect(rows.slice(0, 2)).toMatchObject([
    { characterCount: 0, inputTokenCount: 0, outputTokenCount: 0 },
    { characterCount: 0, inputTokenCount: 0, outputTokenCount: 0 },
  ])
})

test('tokens are estimated where no key has room', async () => {
  await using fixture = await fixtureOf({ a: { vendor: 'anthropic', limits: requestsPerDay(0) } })
  const { data, response } = await clientOf(fixture)
    .messages.countTokens({ model: fixture.model, messages: hi })
    .withResponse()
  expect(data).toEqual({ input_tokens: 1 })
  expect(response.headers.get('x-quotakeeper-estimated')).toBe('true')
  expect(vendor.calls).toHaveLength(0)
})

test('a refusal to count tokens is no refusal of the key', async () => {
  await using fixture = await fixtureOf({ a: { vendor: 'anthropic' } })
  const client = clientOf(fixture)
  const { model } = fixture
  const message = 'Number of request tokens has exceeded your per-minute rate limit'
  vendor.next.push(
    json({ type: 'error', error: { type: 'rate_limit_error', message } }, 429),
    json(messageAnswer),
  )
  const counted = await client.messages.countTokens({ model, messages: hi, system: 'a'.repeat(398) })
  expect(counted.input_tokens).toBe(100)
  expect((await client.messages.create({ model, max_tokens: 9, messages: hi })).type).toBe('message')
  expect(vendor.calls).toHaveLength(2)
})

test('tokens for vendors that do not count them are estimated, without a call', async () => {
  await using fixture = await fixtureOf({ a: chatOnly })
  const counted = await clientOf(fixture).messages.countTokens({ model: fixture.model, messages: hi })
  expect(counted.input_tokens).toBe(1)
  expect(vendor.calls).toHaveLength(0)
  const nobody = clientOf(fixture).messages.countTokens({
    ...{ model: `${fixture.nameOf('a')}/nobody-serves-it`, messages: hi },
  })
  await expect(nobody).rejects.toMatchObject({ status: 404 })
})

test('the token of the gateway is taken as x-api-key and as Bearer, and refused in Anthropic’s shape', async () => {
  await using fixture = await fixtureOf({ a: {} }, { QUOTA_GATEWAY_TOKEN: 'token-of-clients' })
  const { model, origin } = fixture
  const asked = { model, max_tokens: 9, messages: hi }
  vendor.next.push(json(messageAnswer), json(messageAnswer))
  expect((await clientOf(fixture, 'token-of-clients').messages.create(asked)).type).toBe('message')
  const bearer = new Anthropic({
    baseURL: origin,
    authToken: 'token-of-clients',
    apiKey: null,
    maxRetries: 0,
  })
  expect((await bearer.messages.create(asked)).type).toBe('message')
  const refused = clientOf(fixture, 'wrong').messages.create(asked)
  await expect(refused).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
  await expect(refused).rejects.toMatchObject({ type: 'authentication_error' })
})

test('refusals have Anthropic’s shape, and say when to come again and whether to', async () => {
  await using fixture = await fixtureOf({ a: { limits: requestsPerDay(1) } })
  const { model } = fixture
  const client = clientOf(fixture)
  const ask = (fields = {}) => client.messages.create({ model, max_tokens: 9, messages: hi, ...fields })
  vendor.next.push(json(messageAnswer))
  await ask()
  const spent = ask()
  await expect(spent).rejects.toBeInstanceOf(Anthropic.RateLimitError)
  await expect(spent).rejects.toMatchObject({ type: 'rate_limit_error' })
  const { headers } = (await spent.catch((error: unknown) => error)) as APIError
  expect(headers?.get('x-should-retry')).toBe('false')
  await expect(ask({ model: `${fixture.nameOf('a')}/nobody` })).rejects.toBeInstanceOf(
    Anthropic.NotFoundError,
  )
})

test('a call that is too large for every key is a prompt that is too long, at which Claude Code shortens it', async () => {
  const limits = [{ metric: 'tokens' as const, window: 'rolling-60s' as const, max: 100 }]
  await using fixture = await fixtureOf({ a: { limits } })
  const asking = clientOf(fixture).messages.create({
    ...{ model: fixture.model, max_tokens: 9 },
    messages: [{ role: 'user', content: 'a'.repeat(2_000) }],
  })
  await expect(asking).rejects.toMatchObject({
    ...{ status: 400, type: 'invalid_request_error' },
    message: expect.stringContaining('prompt is too long'),
  })
})

test.each([
  ['translated', chatOnly, sse(chunk({ content: 'Hel' }))],
  ['as it came', {}, messageEvents.slice(0, messageEvents.indexOf('event: content_block_stop'))],
])('a stream, %s, that breaks behind its first text ends in an error event', async (_, key, begun) => {
  await using fixture = await fixtureOf({ a: key })
  vendor.next.push((__, response) => {
    response.setHeader('content-type', 'text/event-stream')
    response.write(begun, () => response.destroy())
  })
  const stream = await clientOf(fixture).messages.create({
    ...{ model: fixture.model, max_tokens: 9, messages: hi, stream: true as const },
  })
  const texts: string[] = []
  const reading = (async () => {
    for await (const event of stream)
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
        texts.push(event.delta.text)
  })()
  await expect(reading).rejects.toBeInstanceOf(APIError)
  expect(texts.join('')).toContain('Hel')
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'failed', estimated: true }])
})
