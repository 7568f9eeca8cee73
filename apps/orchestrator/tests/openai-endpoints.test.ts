import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, requestsPerDay, startFixture } from './fixture.js'
import { exchanges, mp3, rawSound } from './recorded-answers.js'
import { type RecordedVendor, startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
let vendor: RecordedVendor
let fixture: Fixture
let client: OpenAI
beforeAll(async () => {
  api = await sharedTestApi()
  vendor = await startRecordedVendor((_, response) => {
    response.writeHead(500).end()
  })
  const { baseUrl } = vendor
  fixture = await startFixture(api, { keys: { a: { baseUrl, limits: requestsPerDay(0) }, b: { baseUrl } } })
  client = new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', maxRetries: 0 })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await vendor[Symbol.asyncDispose]()
})

/** Sets the vendor's recorded answer to the next call. */
function record(endpoint: string, form: string): void {
  const found = exchanges.find(exchange => exchange.endpoint === endpoint && exchange.form === form)
  if (found === undefined) throw new Error(`no answer of ${endpoint} is recorded as ${form}`)
  vendor.next.push((_, response) => {
    response.setHeader('content-type', found.contentType).end(found.answer)
  })
}

test("OpenAI's client completes, whole and streamed", async () => {
  const { model } = fixture
  record('completions', 'whole')
  const whole = await client.completions.create({ model, prompt: 'Say' })
  expect(whole.choices[0]?.text).toBe(' hello')
  record('completions', 'streamed')
  const texts: string[] = []
  for await (const { choices } of await client.completions.create({ model, prompt: 'Say', stream: true }))
    texts.push(...choices.map(({ text }) => text))
  expect(texts.join('')).toBe(' hello')
})

test('a broken stream of completions raises an error in the client, after the received content', async () => {
  vendor.next.push((_, response) => {
    response.setHeader('content-type', 'text/event-stream')
    response.write('data: {"choices":[{"index":0,"text":"hel","finish_reason":null}]}\n\n', () =>
      response.destroy(),
    )
  })
  const stream = await client.completions.create({ model: fixture.model, prompt: 'Say', stream: true })
  const texts: string[] = []
  const reading = (async () => {
    for await (const { choices } of stream) texts.push(...choices.map(({ text }) => text))
  })()
  await expect(reading).rejects.toBeInstanceOf(APIError)
  expect(texts.join('')).toBe('hel')
})

test('a whole completion is streamed if requested, and a stream is joined to a whole one', async () => {
  const { model } = fixture
  record('completions', 'whole')
  const texts: string[] = []
  for await (const { choices } of await client.completions.create({ model, prompt: 'Say', stream: true }))
    texts.push(...choices.map(({ text }) => text))
  expect(texts.join('')).toBe(' hello')
  record('completions', 'streamed')
  const whole = await client.completions.create({ model, prompt: 'Say' })
  expect(whole.choices).toMatchObject([{ text: ' hello', finish_reason: 'stop' }])
  expect(whole.usage?.total_tokens).toBe(7)
})

test('a key split over events of a completion’s stream is redacted', async () => {
  vendor.next.push((_, response) => {
    const event = (text: string, reason: string | null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, text, finish_reason: reason }] })}\n\n`
    response
      .setHeader('content-type', 'text/event-stream')
      .end(`${event('secret-of', null)}${event('-this-test', 'stop')}data: [DONE]\n\n`)
  })
  const { baseUrl } = vendor
  await using own = await startFixture(api, {
    keys: { a: { baseUrl } },
    environment: { KEY_A: 'secret-of-this-test' },
  })
  const response = await fetch(`${own.origin}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: own.model, prompt: 'Say', stream: true }),
  })
  const text = await response.text()
  expect(text).toContain('[key]')
  expect(text).not.toContain('secret-of')
})

test("OpenAI's client moderates without a model, which is then OpenAI's default", async () => {
  const { baseUrl } = vendor
  await using own = await startFixture(api, { keys: { a: { baseUrl, models: ['omni-moderation-latest'] } } })
  const own1 = new OpenAI({ baseURL: `${own.origin}/v1`, apiKey: 'unused', maxRetries: 0 })
  record('moderations', 'whole')
  expect((await own1.moderations.create({ input: 'hate' })).results[0]?.flagged).toBe(false)
  expect(await own.ledgerOf('a')).toMatchObject([{ model: 'omni-moderation-latest', characterCount: 4 }])
})

test("OpenAI's client makes images, whole and streamed", async () => {
  const { model } = fixture
  record('images/generations', 'with usage')
  expect((await client.images.generate({ model, prompt: 'a cat' })).data?.[0]?.b64_json).toBe('aGk=')
  record('images/generations', 'streamed')
  const types: string[] = []
  for await (const { type } of await client.images.generate({ model, prompt: 'a cat', stream: true }))
    types.push(type)
  expect(types).toEqual(['image_generation.partial_image', 'image_generation.completed'])
})

test('OpenAI’s client gets speech: unchanged audio, with any first bytes, while it arrives', async () => {
  const speak = () => client.audio.speech.create({ model: fixture.model, input: 'hello', voice: 'alloy' })
  record('audio/speech', 'mp3')
  expect(Buffer.from(await (await speak()).arrayBuffer()).equals(mp3)).toBe(true)
  record('audio/speech', 'raw, beginning as JSON does')
  expect(Buffer.from(await (await speak()).arrayBuffer()).equals(rawSound)).toBe(true)
  let finish: () => void = () => undefined
  vendor.next.push((_, response) => {
    response.setHeader('content-type', 'audio/mpeg').write(mp3)
    finish = () => response.end(mp3)
  })
  const reader = (await speak()).body?.getReader()
  // The first bytes arrive while the vendor still holds the others.
  const { value } = (await reader?.read()) ?? {}
  expect(value?.length).toBeGreaterThan(0)
  finish()
  let bytes = value?.length ?? 0
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
    bytes += next.value.length
  expect(bytes).toBe(2 * mp3.length)
})

test('audio events are joined if whole audio was requested, and the other way round', async () => {
  const ask = (fields: object) =>
    fetch(`${fixture.origin}/v1/audio/speech`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: fixture.model, input: 'hello', voice: 'alloy', ...fields }),
    })
  record('audio/speech', 'events')
  const joined = await ask({})
  expect([joined.headers.get('content-type'), await joined.text()]).toEqual([
    'application/octet-stream',
    'hi',
  ])
  record('audio/speech', 'mp3')
  const events = await (await ask({ stream_format: 'sse' })).text()
  expect(events).toContain(mp3.toString('base64'))
  expect(events).toContain('speech.audio.done')
})

test('an endpoint that no vendor of the model has is 404 without a call, unless a provider’s settings list it', async () => {
  const { baseUrl } = vendor
  await using own = await startFixture(api, {
    keys: {
      a: { baseUrl, vendor: 'groq' },
    },
  })
  const ask = (endpoint: string, to: Fixture) =>
    fetch(`${to.origin}/v1/${endpoint}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: `${to.nameOf('a')}/${to.model}`, prompt: 'Say' }),
    })
  const calls = vendor.calls.length
  const missing = await ask('completions', own)
  expect(missing.status).toBe(404)
  expect(await missing.json()).toMatchObject({ error: { code: 'endpoint_not_served' } })
  expect(vendor.calls.length).toBe(calls)
  await using narrow = await startFixture(api, { keys: { a: { baseUrl, endpoints: ['embeddings'] } } })
  expect((await ask('chat/completions', narrow)).status).toBe(404)
  expect(vendor.calls.length).toBe(calls)
  await using other = await startFixture(api, {
    keys: { a: { baseUrl, vendor: 'groq', endpoints: ['completions'] } },
  })
  record('completions', 'whole')
  expect((await ask('completions', other)).status).toBe(200)
})

test("a vendor's own path of an endpoint is called", async () => {
  const { baseUrl } = vendor
  await using own = await startFixture(api, {
    keys: { a: { baseUrl: baseUrl.replace('/v1', '/compatibility/v1'), vendor: 'cohere' } },
  })
  record('rerank', 'Cohere')
  const response = await fetch(`${own.origin}/v1/rerank`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: own.model, query: 'what?', documents: ['one'] }),
  })
  expect(response.status).toBe(200)
  expect(vendor.calls.at(-1)?.path).toBe('/v2/rerank')
})
