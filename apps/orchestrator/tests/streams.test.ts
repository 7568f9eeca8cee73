import { request } from 'node:http'
import { connect } from 'node:net'
import { beforeAll, expect, test } from 'vitest'
import { errorOf, type Fixture, requestsPerDay, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

/** Sets a vendor's stream of events. */
function respondWithEvents(fixture: Fixture, events: readonly unknown[]): void {
  const body = events
    .map(event => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('')
  fixture.vendor.respondWith(() => ({
    kind: 'answer',
    httpStatus: 200,
    headers: { 'content-type': 'text/event-stream' },
    body,
  }))
}

const word = (content: string, more: object = {}): object => ({
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
  ...more,
})
const stop = (more: object = {}): object => ({
  choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  ...more,
})
const usage = (prompt_tokens: number, completion_tokens: number): object => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
})

test('a stream passes byte for byte as it arrives, with its provider’s name', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: 'one two three', chunkDelayMs: 30 }))
  const response = await fixture.ask({ stream: true, stream_options: { include_usage: true } })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf('a'))
  const parts: string[] = []
  for await (const part of response.body ?? []) parts.push(Buffer.from(part).toString('utf8'))
  expect(parts.length).toBeGreaterThan(3)
  const events = parts.join('').split('\n\n').slice(0, -1)
  expect(events.at(-1)).toBe('data: [DONE]')
  expect(events.at(-2)).toContain('"choices":[]')
  expect(await fixture.ledgerOf('a')).toMatchObject([
    { outcome: 'succeeded', estimated: false, requestCount: 1, characterCount: 10 + 13, outputTokenCount: 4 },
  ])
})

const oddPlaces: readonly (readonly [string, readonly unknown[], object])[] = [
  [
    'in the last event, without choices',
    [word('hello'), stop(), { choices: [], usage: usage(18, 439) }, '[DONE]'],
    { inputTokenCount: 18, outputTokenCount: 439, estimated: false },
  ],
  [
    'in x_groq, and once more beside it',
    [
      word('hello'),
      stop({ x_groq: { id: 'r', usage: usage(18, 439) } }),
      { choices: [], usage: usage(18, 439) },
    ],
    { inputTokenCount: 18, outputTokenCount: 439, estimated: false },
  ],
  [
    'growing in every event, and null at the end',
    [1, 2, 3, 16].map(n => word('w', { usage: usage(48, n) })).concat([stop({ usage: null })]),
    { inputTokenCount: 48, outputTokenCount: 16, estimated: false },
  ],
  [
    'behind the end',
    [word('hello'), stop(), '[DONE]', { choices: [], usage: usage(7, 9) }],
    { inputTokenCount: 7, outputTokenCount: 9, estimated: false },
  ],
  [
    'nowhere',
    [word('12345678'), word('9', { usage: null }), stop(), '[DONE]'],
    { inputTokenCount: 3, outputTokenCount: 3, estimated: true, characterCount: 10 + 9 },
  ],
  [
    'nowhere, in a call of a function',
    [
      {
        choices: [
          { index: 0, delta: { tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] } },
        ],
      },
      { choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '{"a":12}' } }] } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    ],
    { characterCount: 10 + 9, estimated: true },
  ],
]

test.each(oddPlaces)('usage that a stream tells %s is charged once', async (_, events, charged) => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  respondWithEvents(fixture, events)
  const response = await fixture.ask({ stream: true })
  await response.text()
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'succeeded', requestCount: 1, ...charged }])
})

test('usage is requested from vendors that support it, and omitted for a client that did not request it', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq' } } })
  const response = await fixture.ask({ stream: true })
  const text = await response.text()
  expect(fixture.vendor.calls[0]?.body['stream_options']).toEqual({ include_usage: true })
  expect(text).not.toContain('"choices":[]')
  expect(text).toContain('[DONE]')
  expect(await fixture.ledgerOf('a')).toMatchObject([{ estimated: false }])
})

test('a vendor that refuses stream_options does not get it', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'mistral' } } })
  await (await fixture.ask({ stream: true, stream_options: { include_usage: true }, seed: 1 })).text()
  expect(fixture.vendor.calls[0]?.body).toEqual({
    model: fixture.model,
    messages: [{ role: 'user', content: 'Say hello.' }],
    stream: true,
    seed: 1,
  })
})

test('after an error instead of the first event the next key is tried, and nothing of it reaches the client', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {} } })
  const refusal = { error: { code: 429, message: 'Rate limit exceeded: free-models-per-day.' } }
  fixture.vendor.respondWith(call =>
    call.index > 0
      ? undefined
      : {
          kind: 'answer',
          httpStatus: 200,
          headers: { 'content-type': 'text/event-stream' },
          body: `: PROCESSING\n\ndata: ${JSON.stringify(refusal)}\n\n`,
        },
  )
  const response = await fixture.ask({ stream: true })
  expect(response.headers.get('x-quotakeeper-attempts')).toBe('2')
  expect(await response.text()).not.toContain('Rate limit')
  const rows = [...(await fixture.ledgerOf('a')), ...(await fixture.ledgerOf('b'))]
  expect(rows.map(row => row.outcome).sort()).toEqual(['refused', 'succeeded'])
})

test('after an error status the next key is tried, as without a stream', async () => {
  await using fixture = await startFixture(api, { keys: { a: { limits: requestsPerDay(5) } } })
  fixture.vendor.respondWith(() => ({ kind: 'answer', httpStatus: 500, body: { error: { message: 'x' } } }))
  const response = await fixture.ask({ stream: true })
  expect(response.status).toBe(502)
  expect(await errorOf(response)).toMatchObject({ code: 'vendor_failed' })
})

test('a broken stream ends with an error event, and the received content is charged', async () => {
  await using fixture = await startFixture(api, { keys: { a: {}, b: {} } })
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: 'one two three four', cutAfterChunks: 2 }))
  const response = await fixture.ask({ stream: true })
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(text).toContain('"content":"two "')
  expect(JSON.parse(text.trim().split('data: ').at(-1) ?? '')).toMatchObject({
    error: { type: 'server_error', code: 'vendor_failed' },
  })
  expect(fixture.vendor.calls.length).toBe(1)
  const rows = [...(await fixture.ledgerOf('a')), ...(await fixture.ledgerOf('b'))]
  expect(rows).toMatchObject([
    { outcome: 'failed', estimated: true, requestCount: 1, characterCount: 10 + 8, outputTokenCount: 2 },
  ])
})

test('a silent stream is aborted', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: {} },
    environment: { QUOTA_STREAM_IDLE_SECONDS: '1' },
  })
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: 'one two', chunkDelayMs: 60_000 }))
  const response = await fixture.ask({ stream: true })
  expect(await response.text()).toContain('no data for 1 s')
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'failed', estimated: true }])
})

test('a disconnecting client cancels the stream at its vendor, and the received content is charged, not the maximum', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: 'word '.repeat(500), chunkDelayMs: 20 }))
  const client = new AbortController()
  const response = await fixture.ask({ stream: true, max_tokens: 32_000 }, { signal: client.signal })
  const reader = response.body?.getReader()
  let text = ''
  while (!text.includes('word ')) text += Buffer.from((await reader?.read())?.value ?? []).toString('utf8')
  client.abort()
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
  const [row] = await fixture.ledgerOf('a')
  expect(row).toMatchObject({ state: 'committed', outcome: 'aborted', estimated: true, requestCount: 1 })
  expect(row?.outputTokenCount).toBeGreaterThan(0)
  expect(row?.outputTokenCount).toBeLessThan(100)
})

test('a slow client applies backpressure to the vendor, and the gateway buffers little', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const text = `${'x'.repeat(60_000)} `.repeat(500)
  fixture.vendor.respondWith(() => ({ kind: 'complete', text }))
  const before = process.memoryUsage().arrayBuffers
  const url = new URL(`${fixture.origin}/v1/chat/completions`)
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    const asking = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } }, resolve)
    asking.once('error', reject)
    asking.end(JSON.stringify({ model: fixture.model, stream: true, messages: [] }))
  })
  // Reads nothing until no more data arrives, although most of 30 MB is left.
  let bytesBefore = -1
  const isStill = (): boolean => {
    const isSame = response.socket.bytesRead === bytesBefore
    bytesBefore = response.socket.bytesRead
    return isSame
  }
  await expect.poll(isStill, { interval: 100 }).toBe(true)
  const held = process.memoryUsage().arrayBuffers - before
  // Client, gateway and stand-in share this process; the stand-in writes an event when the previous one is flushed.
  expect(held).toBeLessThan(20_000_000)
  let bytes = 0
  for await (const part of response) bytes += part.length
  expect(bytes).toBeGreaterThan(text.length)
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'succeeded' }])
})

test('a client that stays connected and reads nothing gives the room of its key back', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { limits: [{ metric: 'concurrency', max: 1 }] } },
    environment: { QUOTA_STREAM_IDLE_SECONDS: '1' },
  })
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: `${'x'.repeat(60_000)} `.repeat(500) }))
  const { port, host } = new URL(fixture.origin)
  const body = JSON.stringify({ model: fixture.model, stream: true, messages: [] })
  const client = connect(Number(port), '127.0.0.1').pause()
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n`
  client.write(`${head}content-length: ${body.length}\r\n\r\n${body}`)
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
  fixture.vendor.respondWith(() => undefined)
  await expect.poll(async () => (await fixture.ask()).status).toBe(200)
  client.destroy()
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'aborted' }, { outcome: 'succeeded' }])
})

test('embeddings pass, and their input is counted', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const response = await fetch(`${fixture.origin}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: fixture.model, input: ['one two', 'three'], stream: true }),
  })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ object: 'list', data: [{ index: 0 }, { index: 1 }] })
  expect(await fixture.ledgerOf('a')).toMatchObject([
    { outcome: 'succeeded', estimated: false, requestCount: 1, characterCount: 12, outputTokenCount: 0 },
  ])
})
