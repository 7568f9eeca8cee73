import OpenAI, { APIError } from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Fixture, requestsPerDay, startFixture } from './fixture.js'
import { chatAnswer, chatEvents, responseAnswer, responseEvents } from './recorded-dialects.js'
import { json, startRecordedFixtures } from './recorded-fixture.js'
import { sse } from './recorded-forms.js'
import type { Respond } from './recorded-vendor.js'
import { sharedTestApi } from './test-api.js'

const { vendor, fixtureOf } = await startRecordedFixtures()

const chatOnly = { endpoints: ['chat/completions'] }

/** Two keys at a vendor of chat completions, of which the first is spent. */
function translatedFixture(): Promise<Fixture> {
  return fixtureOf({ a: { ...chatOnly, limits: requestsPerDay(0) }, b: chatOnly })
}

function clientOf({ origin }: Fixture): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'unused', maxRetries: 0 })
}

const streamed =
  (body: string): Respond =>
  (_, response) => {
    response.setHeader('content-type', 'text/event-stream').end(body)
  }

function sentTo(call: number): Record<string, unknown> {
  return JSON.parse(vendor.calls[call]?.body.toString() ?? '')
}

const chunk = (delta: object, finish_reason: string | null = null) => ({
  ...{ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' },
  choices: [{ index: 0, delta, finish_reason }],
})

test("OpenAI's client gets a response of a vendor of chat completions, and usage and limits are counted", async () => {
  await using fixture = await translatedFixture()
  const { model } = fixture
  vendor.next.push(json(chatAnswer))
  const { data, response } = await clientOf(fixture)
    .responses.create({
      model,
      instructions: 'Be kind.',
      input: 'Say hello.',
      max_output_tokens: 50,
      tools: [{ type: 'web_search' }],
    })
    .withResponse()
  expect(data).toMatchObject({ object: 'response', status: 'completed', output_text: 'Hello', store: false })
  expect(data.id).toMatch(/^resp_/)
  expect(data.usage).toMatchObject({ input_tokens: 20, output_tokens: 5, total_tokens: 25 })
  expect(response.headers.get('x-quotakeeper-left-out')).toBe('tools.web_search')
  expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf('b'))
  expect(vendor.calls.map(({ path }) => path)).toEqual(['/v1/chat/completions'])
  expect(sentTo(0)).toMatchObject({
    ...{ model, max_tokens: 50 },
    messages: [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Say hello.' },
    ],
  })
  expect(await fixture.ledgerOf('b')).toMatchObject([
    { outcome: 'succeeded', inputTokenCount: 20, outputTokenCount: 5, estimated: false },
  ])
})

test("OpenAI's client streams it, with every event that OpenAI sends", async () => {
  await using fixture = await translatedFixture()
  vendor.next.push(streamed(chatEvents))
  const stream = clientOf(fixture).responses.stream({ model: fixture.model, input: 'hi' })
  const types: string[] = []
  for await (const { type } of stream) types.push(type)
  expect(types).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ])
  const final = await stream.finalResponse()
  expect(final.output).toMatchObject([{ type: 'message', content: [{ text: 'Hello' }] }])
  expect(final.usage?.total_tokens).toBe(25)
  expect(sentTo(0)['stream_options']).toEqual({ include_usage: true })
  expect(await fixture.ledgerOf('b')).toMatchObject([{ inputTokenCount: 20, outputTokenCount: 5 }])
})

test("OpenAI's client calls tools over two rounds, and a vendor gets its own fields of the call back", async () => {
  await using fixture = await translatedFixture()
  const { model } = fixture
  const client = clientOf(fixture)
  const call = {
    ...{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
    extra_content: { google: { thought_signature: 'sig' } },
  }
  vendor.next.push(
    streamed(sse(chunk({ tool_calls: [{ index: 0, ...call }] }), chunk({}, 'tool_calls'), '[DONE]')),
    json(chatAnswer),
  )
  const tools = [{ type: 'function' as const, name: 'add', parameters: { type: 'object' }, strict: false }]
  const first = await client.responses.stream({ model, input: 'add', tools }).finalResponse()
  const called = first.output.find(item => item.type === 'function_call')
  expect(called).toMatchObject({ name: 'add', call_id: 'call_1', arguments: '{"a":1}' })
  const second = await client.responses.create({
    model,
    tools,
    input: [
      { role: 'user', content: 'add' },
      ...first.output.map(item => ({ ...item }) as OpenAI.Responses.ResponseInputItem),
      { type: 'function_call_output', call_id: 'call_1', output: '2' },
    ],
  })
  expect(second.output_text).toBe('Hello')
  expect(sentTo(1)['messages']).toMatchObject([
    { role: 'user', content: 'add' },
    { role: 'assistant', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: '2' },
  ])
})

test("OpenAI's client gets structured outputs", async () => {
  await using fixture = await translatedFixture()
  vendor.next.push(
    json({
      ...chatAnswer,
      choices: [{ index: 0, message: { content: '{"sum":3}' }, finish_reason: 'stop' }],
    }),
  )
  const parsed = await clientOf(fixture).responses.parse({
    model: fixture.model,
    input: 'add',
    text: { format: zodTextFormat(z.object({ sum: z.number() }), 'sum') },
  })
  expect(parsed.output_parsed).toEqual({ sum: 3 })
  expect(sentTo(0)['response_format']).toMatchObject({ type: 'json_schema', json_schema: { name: 'sum' } })
})

test('a client that stops reading a translated stream ends the call at the vendor', async () => {
  await using fixture = await fixtureOf({ a: chatOnly })
  vendor.next.push((_, response) => {
    response.setHeader('content-type', 'text/event-stream').write(sse(chunk({ content: 'Hel' })))
  })
  const stream = await clientOf(fixture).responses.create({ model: fixture.model, input: 'hi', stream: true })
  for await (const { type } of stream) if (type === 'response.output_text.delta') break
  await expect.poll(() => vendor.calls[0]?.hasLeft).toBe(true)
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'aborted', estimated: true }])
})

test.each([
  ['translated', chatOnly, sse(chunk({ content: 'Hel' }))],
  ['as it came', {}, responseEvents.slice(0, responseEvents.indexOf('event: response.output_text.done'))],
])('a stream, %s, that breaks behind its first text ends in response.failed', async (_, key, begun) => {
  await using fixture = await fixtureOf({ a: key })
  vendor.next.push((__, response) => {
    response.setHeader('content-type', 'text/event-stream')
    response.write(begun, () => response.destroy())
  })
  const stream = await clientOf(fixture).responses.create({ model: fixture.model, input: 'hi', stream: true })
  const events: OpenAI.Responses.ResponseStreamEvent[] = []
  for await (const event of stream) events.push(event)
  const numbers = events.map(({ sequence_number: number }) => number)
  expect(numbers).toEqual(numbers.map((_number, place) => place))
  const last = events.at(-1)
  expect(last).toMatchObject({ type: 'response.failed', response: { status: 'failed', error: {} } })
  expect(last?.type === 'response.failed' && last.response.id).toMatch(/^resp_/)
  expect(last?.type === 'response.failed' && last.response.error?.message).toContain('broke')
})

test('a request goes on as it came to a vendor that has the endpoint, and its answer comes back so', async () => {
  await using fixture = await fixtureOf({ a: {} })
  vendor.next.push(json(responseAnswer))
  const text = `{ "model" : "${fixture.model}",\n "input":"hi", "seed":12345678901234567890, "unknown":{"__proto__":1} }`
  const response = await fetch(`${fixture.origin}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  })
  expect(await response.text()).toBe(JSON.stringify(responseAnswer))
  expect(response.headers.get('x-quotakeeper-left-out')).toBeNull()
  expect(vendor.calls.map(({ path, body }) => [path, body.toString()])).toEqual([['/v1/responses', text]])
})

test('a vendor that turns out not to have the endpoint is asked for chat completions, and later at once', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const client = clientOf(fixture)
  const ask = () => client.responses.create({ model: fixture.model, input: 'hi' })
  vendor.next.push(json({ error: { message: 'Not Found' } }, 404), json(chatAnswer), json(chatAnswer))
  expect((await ask()).output_text).toBe('Hello')
  expect((await ask()).output_text).toBe('Hello')
  expect(vendor.calls.map(({ path }) => path)).toEqual([
    '/v1/responses',
    '/v1/chat/completions',
    '/v1/chat/completions',
  ])
  expect(await fixture.ledgerOf('a')).toHaveLength(2)
})

test('a setting that a vendor refuses is left out, said so, and not sent again', async () => {
  await using fixture = await fixtureOf({ a: chatOnly })
  const refusal = { error: { message: '`reasoning_effort` is not supported with this model' } }
  vendor.next.push(json(refusal, 400), json(chatAnswer), json(chatAnswer))
  const ask = () =>
    clientOf(fixture)
      .responses.create({ model: fixture.model, input: 'hi', reasoning: { effort: 'low' } })
      .withResponse()
  const { response } = await ask()
  expect(response.headers.get('x-quotakeeper-left-out')).toBe('reasoning_effort')
  await ask()
  expect(vendor.calls.map((_, call) => sentTo(call)['reasoning_effort'])).toEqual([
    'low',
    undefined,
    undefined,
  ])
})

const reasoning = (token: string) => ({
  ...{ type: 'reasoning', id: 'rs_1', summary: [] },
  encrypted_content: token,
})
const reasoned = (token: string) => ({
  ...responseAnswer,
  output: [reasoning(token), ...responseAnswer.output],
})

test('encrypted reasoning goes to the key that made it; where that is spent, another answers without it', async () => {
  await using fixture = await fixtureOf({ a: { limits: requestsPerDay(2) }, b: {} })
  const client = clientOf(fixture)
  const { model, nameOf } = fixture
  const token = `gAAA${fixture.model}`
  vendor.next.push(json(reasoned(token)), json(responseAnswer), json(responseAnswer))
  const keyOf = (call: number) => vendor.calls[call]?.headers.authorization
  await client.responses.create({ model: `${nameOf('a')}/${model}`, input: 'think' })
  const input = [reasoning(token), { role: 'user', content: 'go on' }]
  const goOn = () =>
    client.responses
      .create({ model, input: input as OpenAI.Responses.ResponseInput, store: false })
      .withResponse()
  const made = await goOn()
  expect([keyOf(1), sentTo(1)['input']]).toEqual(['Bearer key-a', input])
  expect(made.response.headers.get('x-quotakeeper-left-out')).toBeNull()
  const other = await goOn()
  expect([keyOf(2), sentTo(2)['input']]).toEqual(['Bearer key-b', input.slice(1)])
  expect(other.response.headers.get('x-quotakeeper-left-out')).toBe('reasoning.encrypted_content')
})

test('encrypted reasoning that nobody knows is sent, and left out where the vendor cannot read it', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const message = 'The encrypted content gAAA...c90= could not be verified.'
  vendor.next.push(
    json({ error: { message, type: 'invalid_request_error', code: 'invalid_encrypted_content' } }, 400),
    json(responseAnswer),
  )
  const input = [reasoning('gAAAunknown'), { role: 'user', content: 'go on' }]
  const { response } = await clientOf(fixture)
    .responses.create({ model: fixture.model, input: input as OpenAI.Responses.ResponseInput })
    .withResponse()
  expect(vendor.calls.map((_, call) => sentTo(call)['input'])).toEqual([input, input.slice(1)])
  expect(response.headers.get('x-quotakeeper-left-out')).toBe('reasoning.encrypted_content')
  expect(await fixture.ledgerOf('a')).toHaveLength(1)
})

test('an earlier answer is asked of the key that has it; one that nobody knows, of the only one that may', async () => {
  await using fixture = await fixtureOf({ a: {}, b: {}, c: chatOnly })
  const client = clientOf(fixture)
  const { model, nameOf } = fixture
  const id = `resp_of_${model}`
  vendor.next.push(json({ ...responseAnswer, id }), json(responseAnswer), json(responseAnswer))
  await client.responses.create({ model: `${nameOf('b')}/${model}`, input: 'hi' })
  await client.responses.create({ model, input: 'go on', previous_response_id: id })
  expect(vendor.calls.map(({ headers }) => headers.authorization)).toEqual(['Bearer key-b', 'Bearer key-b'])
  const unknown = client.responses.create({ model, input: 'go on', previous_response_id: 'resp_unknown' })
  await expect(unknown).rejects.toMatchObject({
    ...{ status: 400, code: 'state_not_held', param: 'previous_response_id' },
    message: expect.stringContaining('resp_unknown'),
  })
  const pinned = { model: `${nameOf('a')}/${model}`, input: 'go on', previous_response_id: 'resp_unknown' }
  await client.responses.create(pinned)
  expect(vendor.calls.at(-1)?.headers.authorization).toBe('Bearer key-a')
  const translated = client.responses.create({ ...pinned, model: `${nameOf('c')}/${model}` })
  await expect(translated).rejects.toMatchObject({ status: 400, code: 'state_not_held' })
  expect(vendor.calls).toHaveLength(3)
})

test('a tool that only its vendor has is refused by name where the request insists on it', async () => {
  await using fixture = await translatedFixture()
  const insisting = clientOf(fixture).responses.create({
    ...{ model: fixture.model, input: 'hi', tools: [{ type: 'web_search' }] },
    tool_choice: { type: 'web_search_preview' },
  })
  await expect(insisting).rejects.toMatchObject({
    ...{ status: 400, code: 'unsupported_by_vendor', param: 'tool_choice' },
    message: expect.stringContaining('web_search'),
  })
  expect(vendor.calls).toHaveLength(0)
})

test('quota that returns in more than a minute is refused with its instant, so that Codex does not repeat the call', async () => {
  await using fixture = await fixtureOf({ a: { limits: requestsPerDay(1) } })
  vendor.next.push(json(responseAnswer))
  await clientOf(fixture).responses.create({ model: fixture.model, input: 'hi' })
  const response = await fetch(`${fixture.origin}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: fixture.model, input: 'hi' }),
  })
  expect(response.status).toBe(429)
  const { error } = (await response.json()) as { error: Record<string, unknown> }
  expect(error).toMatchObject({ type: 'usage_limit_reached', code: 'usage_limit_reached' })
  expect(Number(error['resets_at']) * 1_000).toBeGreaterThan(Date.now())
  expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(60)
  expect(Number(response.headers.get('retry-after-ms'))).toBeLessThanOrEqual(60_000)
  expect(response.headers.get('x-should-retry')).toBe('false')
})

test.each([
  ['no key is set', { isUnset: true }, {}, 'no_key'],
  [
    'the request is too large for every key',
    { limits: [{ metric: 'tokens' as const, window: 'rolling-60s' as const, max: 100 }] },
    { input: 'a'.repeat(2_000) },
    'context_length_exceeded',
  ],
])('what no repetition mends is 400, at which Codex shows it: %s', async (_, key, fields, code) => {
  await using fixture = await fixtureOf({ a: key })
  const asking = clientOf(fixture).responses.create({ model: fixture.model, input: 'hi', ...fields })
  await expect(asking).rejects.toBeInstanceOf(APIError)
  await expect(asking).rejects.toMatchObject({ status: 400, code })
  expect(vendor.calls).toHaveLength(0)
})

test('a maximum that is more than the model can write is left out, as of clients that always ask for the same', async () => {
  await using fixture = await fixtureOf({ a: chatOnly })
  const client = clientOf(fixture)
  const ask = (max_output_tokens: number) =>
    client.responses.create({ model: fixture.model, input: 'hi', max_output_tokens }).withResponse()
  const message = '`max_tokens` must be less than or equal to `8192`, the maximum value for this model'
  const user = { message: "Invalid 'user': string too long. Expected at most 64 characters.", param: 'user' }
  vendor.next.push(
    ...[json({ error: { message } }, 400), json(chatAnswer), json(chatAnswer), json(chatAnswer)],
    ...[json({ error: user }, 400), json(chatAnswer)],
  )
  expect((await ask(32_000)).response.headers.get('x-quotakeeper-left-out')).toBe('max_tokens')
  await ask(32_000)
  await ask(100)
  expect(vendor.calls.map((_, call) => sentTo(call)['max_tokens'])).toEqual([
    32_000,
    undefined,
    undefined,
    100,
  ])
  const longName = { model: fixture.model, input: 'hi', user: 'u'.repeat(100) }
  const { response } = await client.responses.create(longName).withResponse()
  expect(response.headers.get('x-quotakeeper-left-out')).toBe('user')
})

test('a failure of vendors is 424, at which Codex calls six times instead of thirty', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const asking = clientOf(fixture).responses.create({ model: fixture.model, input: 'hi' })
  await expect(asking).rejects.toMatchObject({ status: 424, code: 'vendor_failed', type: 'server_error' })
  vendor.next.push(json({ error: { message: 'oops' } }, 500), json(responseAnswer))
  const retrying = new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', maxRetries: 1 })
  const answer = await retrying.responses.create({ model: fixture.model, input: 'hi' })
  expect(answer.output_text).toBe('Hello')
})

test('a model that nobody serves is 400, too', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const model = `${fixture.nameOf('a')}/nobody-serves-it`
  const asking = clientOf(fixture).responses.create({ model, input: 'hi' })
  await expect(asking).rejects.toMatchObject({ status: 400, code: 'model_not_found' })
})

test("a vendor's complaint about a translated request reaches the client in its own dialect", async () => {
  await using fixture = await fixtureOf({ a: { endpoints: ['messages'] } })
  vendor.next.push(
    json({ type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens: too large' } }, 400),
  )
  const asking = clientOf(fixture).responses.create({ model: fixture.model, input: 'hi' })
  await expect(asking).rejects.toMatchObject({
    ...{ status: 400, type: 'invalid_request_error' },
    message: expect.stringContaining('max_tokens: too large'),
  })
})

const cutKey = responseEvents.replaceAll('"Hel"', '"secret-of"').replaceAll('"lo"', '"-this-test"')
const cutChat = sse(chunk({ content: 'secret-of' }), chunk({ content: '-this-test' }, 'stop'), '[DONE]')

test.each([
  ['as it came', {}, cutKey],
  ['translated', chatOnly, cutChat],
])('a key that is cut over events of a stream, %s, does not reach the client', async (_, key, body) => {
  await using fixture = await startFixture(await sharedTestApi(), {
    keys: { a: { baseUrl: vendor.baseUrl, ...key } },
    environment: { KEY_A: 'secret-of-this-test' },
  })
  vendor.next.push(streamed(body))
  const response = await fetch(`${fixture.origin}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: fixture.model, stream: true, input: 'hi' }),
  })
  const text = await response.text()
  expect(text).toContain('[key]')
  expect(text).not.toContain('secret-of')
})

test('a stream of Responses that an answer in one piece stands for has all its events', async () => {
  await using fixture = await fixtureOf({ a: {} })
  vendor.next.push(json(responseAnswer), streamed(responseEvents))
  const client = clientOf(fixture)
  const { model } = fixture
  const stream = client.responses.stream({ model, input: 'hi' })
  expect(await stream.finalResponse()).toMatchObject({ id: 'resp_1', output: responseAnswer.output })
  const whole = await client.responses.create({ model, input: 'hi' })
  expect([whole.id, whole.output_text]).toEqual(['resp_1', 'Hello'])
})
