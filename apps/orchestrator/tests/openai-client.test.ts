import { serverError } from '@quotakeeper/test-kit'
import OpenAI, { APIUserAbortError, InternalServerError, NotFoundError, RateLimitError } from 'openai'
import { beforeAll, expect, test } from 'vitest'
import { type Fixture, requestsPerDay, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

function clientOf(fixture: Fixture, maxRetries?: number): OpenAI {
  const retries = maxRetries === undefined ? {} : { maxRetries }
  return new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', ...retries })
}

const messages = [{ role: 'user' as const, content: 'Say hello.' }]

test('the official client works with only its base URL set', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const client = clientOf(fixture)
  const { data, response } = await client.chat.completions
    .create({ model: fixture.model, messages })
    .withResponse()
  expect(data.choices[0]?.message.content).toBe('The stand-in answers.')
  expect(data.usage?.total_tokens).toBeGreaterThan(0)
  expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf('a'))
  const names = (await client.models.list()).data.map(({ id }) => id)
  expect(names).toContain(fixture.model)
})

test('tools and unknown fields pass unchanged', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const tools = [{ type: 'function' as const, function: { name: 'f', parameters: { type: 'object' } } }]
  await clientOf(fixture).chat.completions.create({ model: fixture.model, messages, tools, seed: 7 })
  expect(fixture.vendor.calls[0]?.body).toEqual({ model: fixture.model, messages, tools, seed: 7 })
})

test('a spent quota is a RateLimitError, and the client does not retry until it returns', async () => {
  await using fixture = await startFixture(api, { keys: { a: { limits: requestsPerDay(1) } } })
  const client = clientOf(fixture)
  await client.chat.completions.create({ model: fixture.model, messages })
  const refused = client.chat.completions.create({ model: fixture.model, messages })
  const error: unknown = await refused.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RateLimitError)
  expect(error).toMatchObject({ status: 429, code: 'quota_exhausted', type: 'rate_limit_error' })
  expect(String(error)).toContain('requests/day')
  expect(fixture.vendor.calls.length).toBe(1)
})

test('an unknown model is a NotFoundError', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const error: unknown = await clientOf(fixture)
    .chat.completions.create({ model: 'no-such-model', messages })
    .catch((reason: unknown) => reason)
  // The samples serve any model but have no key here, so the error would be a missing key.
  expect(error).toBeInstanceOf(InternalServerError)
  const pinned: unknown = await clientOf(fixture)
    .chat.completions.create({ model: `${fixture.nameOf('a')}/no-such-model`, messages })
    .catch((reason: unknown) => reason)
  expect(pinned).toBeInstanceOf(NotFoundError)
})

test('there are no hidden retries: the vendor sees the gateway’s attempts times the client’s', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {}, c: {} } })
  fixture.vendor.respondWith(() => serverError())
  await clientOf(fixture, 0)
    .chat.completions.create({ model: fixture.model, messages })
    .catch(() => undefined)
  expect(fixture.vendor.calls.length).toBe(3)
  await clientOf(fixture, 1)
    .chat.completions.create({ model: fixture.model, messages })
    .catch(() => undefined)
  expect(fixture.vendor.calls.length).toBe(3 + 2 * 3)
  const rows = [
    ...(await fixture.ledgerOf('a')),
    ...(await fixture.ledgerOf('b')),
    ...(await fixture.ledgerOf('c')),
  ]
  expect(rows.length).toBe(9)
  expect(new Set(rows.map(row => row.requestId)).size).toBe(3)
})

test('an abort by the client ends the call at the vendor', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => ({ kind: 'hang' }))
  const controller = new AbortController()
  const asking = clientOf(fixture).chat.completions.create(
    { model: fixture.model, messages },
    { signal: controller.signal },
  )
  await fixture.vendor.until(calls => calls.length === 1)
  controller.abort()
  await expect(asking).rejects.toBeInstanceOf(APIUserAbortError)
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
})

test('a stream arrives word by word, with usage if requested', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq' } } })
  const stream = await clientOf(fixture).chat.completions.create({
    model: fixture.model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  })
  let text = ''
  let total: number | undefined
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    total = chunk.usage?.total_tokens ?? total
  }
  expect(text).toBe('The stand-in answers.')
  expect(total).toBeGreaterThan(0)
})

test('the parts of a streamed function call are complete', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const piece = (call: object, finish_reason: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', tool_calls: [{ index: 0, ...call }] }, finish_reason }] })}\n\n`
  const body =
    piece({ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }) +
    piece({ function: { arguments: '{"city":' } }) +
    piece({ function: { arguments: '"Ghent"}' } }, 'tool_calls') +
    'data: [DONE]\n\n'
  fixture.vendor.respondWith(() => ({
    kind: 'answer',
    httpStatus: 200,
    headers: { 'content-type': 'text/event-stream' },
    body,
  }))
  const completion = await clientOf(fixture)
    .chat.completions.stream({ model: fixture.model, messages })
    .finalChatCompletion()
  expect(completion.choices[0]?.message.tool_calls?.[0]).toMatchObject({
    id: 'call_1',
    function: { name: 'weather', arguments: '{"city":"Ghent"}' },
  })
})

test('a broken stream raises an error in the client, after the received content', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: 'one two three', cutAfterChunks: 2 }))
  const stream = await clientOf(fixture).chat.completions.create({
    model: fixture.model,
    messages,
    stream: true,
  })
  let text = ''
  const reading = (async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  })()
  await expect(reading).rejects.toMatchObject({ code: 'vendor_failed' })
  expect(text).toBe('one two ')
})

test('an abort during a stream ends it at the vendor', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: 'word '.repeat(500), chunkDelayMs: 20 }))
  const stream = await clientOf(fixture).chat.completions.create({
    model: fixture.model,
    messages,
    stream: true,
  })
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'word ') break
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
  expect(await fixture.ledgerOf('a')).toMatchObject([
    { outcome: 'aborted', requestCount: 1, estimated: true },
  ])
})

test('embeddings work with only the base URL set', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const { data } = await clientOf(fixture).embeddings.create({
    model: fixture.model,
    input: 'hello',
    encoding_format: 'float',
  })
  expect(data[0]?.embedding).toEqual([0.25, -0.5, 1])
})
