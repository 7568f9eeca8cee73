import { ApiError, type Content, type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, type FixtureKey, requestsPerDay, startFixture } from '../fixture.js'
import { sse } from '../recorded-forms.js'
import { candidate, geminiAnswer, geminiEvents } from '../recorded-gemini.js'
import { type RecordedVendor, type Respond, startRecordedVendor } from '../recorded-vendor.js'
import { sharedTestApi, type TestApi } from '../test-api.js'
import { startTwoKeys } from './two-keys.js'

let api: TestApi
let vendor: RecordedVendor
beforeAll(async () => {
  api = await sharedTestApi()
  vendor = await startRecordedVendor((_, response) => response.writeHead(500).end())
})
afterAll(async () => {
  await vendor[Symbol.asyncDispose]()
})

function geminiKey(): FixtureKey {
  vendor.calls.length = 0
  vendor.next.length = 0
  return { vendor: 'gemini', baseUrl: vendor.baseUrl.replace('/v1', '/v1beta/openai') }
}

/** Two keys, of which the first is spent. */
function twoKeys(): Promise<Fixture> {
  return startTwoKeys(api, geminiKey())
}

function fixtureOf(
  keys: Readonly<Record<string, FixtureKey>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Fixture> {
  const common = geminiKey()
  const placed = Object.entries(keys).map(([name, key]) => [name, { ...common, ...key }] as const)
  return startFixture(api, { keys: Object.fromEntries(placed), environment })
}

function clientOf({ origin }: Fixture, apiKey = 'unused'): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: origin } })
}

const json =
  (body: unknown, status = 200): Respond =>
  (_, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
      .end(JSON.stringify(body))
  }
const streamed =
  (body: string): Respond =>
  (_, response) => {
    response.setHeader('content-type', 'text/event-stream').end(body)
  }

const about = { modelVersion: 'gemini-2.5-flash', responseId: 'r1' }
const answer = geminiAnswer
const events = geminiEvents
const call = { functionCall: { name: 'weather', args: { city: 'Ghent' } }, thoughtSignature: 'c2lnbmVk' }
const calling = { ...answer, candidates: [candidate([call], 'STOP')] }
const counted = { inputTokenCount: 4, outputTokenCount: 29, estimated: false, outcome: 'succeeded' }

const exhausted = {
  error: {
    code: 429,
    message: 'You exceeded your current quota, please check your plan and billing details.',
    status: 'RESOURCE_EXHAUSTED',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [
          {
            quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
            quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
            quotaDimensions: { location: 'global', model: 'gemini-2.5-flash' },
            quotaValue: '10',
          },
        ],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '36s' },
    ],
  },
}
const invalidKey = {
  error: {
    code: 400,
    message: 'API key not valid. Please pass a valid API key.',
    status: 'INVALID_ARGUMENT',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
        metadata: { service: 'generativelanguage.googleapis.com' },
      },
    ],
  },
}

function sentTo(index: number): unknown {
  return JSON.parse(vendor.calls[index]?.body.toString() ?? '')
}

function keysAndPaths(): readonly unknown[] {
  return vendor.calls.map(({ path, headers }) => [headers['x-goog-api-key'], path])
}

function post(fixture: Fixture, path: string, body: unknown, headers = {}): Promise<Response> {
  return fetch(`${fixture.origin}/v1beta/models/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

const contents = [{ role: 'user', parts: [{ text: 'Say hello.' }] }]

test('content comes whole from the key that has room, counted', async () => {
  await using fixture = await twoKeys()
  vendor.next.push(json(answer))
  const config = { systemInstruction: 'Be kind.', maxOutputTokens: 50 }
  const { model } = fixture
  const response = await clientOf(fixture).models.generateContent({ model, contents: 'Say hello.', config })
  expect(response.text).toBe('Hello there')
  expect(response.usageMetadata?.thoughtsTokenCount).toBe(19)
  expect(response.sdkHttpResponse?.headers?.['x-quotakeeper-provider']).toBe(fixture.nameOf('a'))
  expect(keysAndPaths()).toEqual([['key-a', `/v1beta/models/${model}:generateContent`]])
  expect(vendor.calls[0]?.headers.authorization).toBeUndefined()
  expect(sentTo(0)).toMatchObject({ contents, generationConfig: { maxOutputTokens: 50 } })
  expect(await fixture.ledgerOf('a')).toMatchObject([{ ...counted, requestCount: 1, characterCount: 29 }])
})

test('content is streamed as it comes, and its last usage counts', async () => {
  await using fixture = await twoKeys()
  vendor.next.push(streamed(sse(...events, '[DONE]').replaceAll('\n', '\r\n')))
  const { model } = fixture
  const stream = await clientOf(fixture).models.generateContentStream({ model, contents: 'Say hello.' })
  const received: GenerateContentResponse[] = []
  for await (const chunk of stream) received.push(chunk)
  expect(received.map(({ text }) => text)).toEqual(['Hel', 'lo there'])
  expect(received.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
  expect(keysAndPaths()).toEqual([['key-a', `/v1beta/models/${model}:streamGenerateContent?alt=sse`]])
  expect(await fixture.ledgerOf('a')).toMatchObject([{ ...counted, requestCount: 1, characterCount: 21 }])
})

test('a function is called and its result answered, its signature kept, whole and streamed', async () => {
  await using fixture = await twoKeys()
  const client = clientOf(fixture)
  const { model } = fixture
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
  const declarations = [{ name: 'weather', parametersJsonSchema: schema }]
  const config = { tools: [{ functionDeclarations: declarations }] }
  vendor.next.push(json(calling), json(answer), streamed(sse(calling)))
  const first = await client.models.generateContent({ model, contents: 'What weather?', config })
  expect(first.functionCalls).toEqual([{ name: 'weather', args: { city: 'Ghent' } }])
  const result = { functionResponse: { name: 'weather', response: { output: 'sunny' } } }
  const history: Content[] = [
    { role: 'user', parts: [{ text: 'What weather?' }] },
    first.candidates?.[0]?.content ?? expect.unreachable(),
    { role: 'user', parts: [result] },
  ]
  const second = await client.models.generateContent({ model, contents: history, config })
  expect(second.text).toBe('Hello there')
  expect(sentTo(1)).toMatchObject({ contents: [{}, { role: 'model', parts: [call] }, { parts: [result] }] })
  const stream = await client.models.generateContentStream({ model, contents: 'What weather?', config })
  for await (const { functionCalls } of stream)
    expect(functionCalls).toEqual([{ name: 'weather', args: { city: 'Ghent' } }])
  expect(await fixture.ledgerOf('a')).toMatchObject([counted, counted, counted])
})

test('an abort ends the call at the vendor, before the answer and in the middle of a stream', async () => {
  await using fixture = await twoKeys()
  const { model } = fixture
  const client = clientOf(fixture)
  vendor.next.push(
    () => undefined,
    (_, response) => {
      response.setHeader('content-type', 'text/event-stream').write(sse(events[0]))
    },
  )
  const controller = new AbortController()
  const config = { abortSignal: controller.signal }
  const asking = client.models.generateContent({ model, contents: 'hi', config }).catch(String)
  await expect.poll(() => vendor.calls.length).toBe(1)
  controller.abort()
  expect(await asking).toMatch(/abort/i)
  await expect.poll(() => vendor.calls[0]?.hasLeft).toBe(true)
  const leaving = new AbortController()
  const stream = await client.models.generateContentStream({
    ...{ model, contents: 'hi' },
    config: { abortSignal: leaving.signal },
  })
  const first = await stream.next()
  expect(first.value?.text).toBe('Hel')
  leaving.abort()
  await expect.poll(() => vendor.calls[1]?.hasLeft).toBe(true)
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'aborted' }, { outcome: 'aborted' }])
})

test('a spent quota and an invalid key of the vendor are skipped, and if none is left the error states the wait', async () => {
  await using fixture = await fixtureOf({ a: {}, b: {}, c: {} })
  const client = clientOf(fixture)
  const { model } = fixture
  const ask = () => client.models.generateContent({ model, contents: 'hi' })
  vendor.next.push(json(exhausted, 429), json(invalidKey, 400), json(answer))
  expect((await ask()).text).toBe('Hello there')
  expect(vendor.calls).toHaveLength(3)
  vendor.next.push(json(exhausted, 429))
  const error = await ask().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ApiError)
  if (!(error instanceof ApiError)) return
  expect(error.status).toBe(429)
  const shown = JSON.parse(error.message).error
  expect(shown).toMatchObject({
    ...{ code: 429, status: 'RESOURCE_EXHAUSTED' },
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo' }],
  })
  expect(shown.details[0].retryDelay).toMatch(/^\d+(?:\.\d+)?s$/)
  expect(shown.message).toContain('You exceeded your current quota')
  expect(vendor.calls).toHaveLength(4)
  await expect(ask()).rejects.toThrow('RESOURCE_EXHAUSTED')
  expect(vendor.calls).toHaveLength(4)
})

test("the vendor's complaint about a request is the client's", async () => {
  await using fixture = await twoKeys()
  const complaint = { error: { code: 400, message: 'Invalid JSON payload.', status: 'INVALID_ARGUMENT' } }
  vendor.next.push(json(complaint, 400))
  const response = await post(fixture, `${fixture.model}:generateContent`, { contents: 7 })
  expect([response.status, await response.json()]).toEqual([400, complaint])
})

test('a prompt that is blocked is answered so, whole and streamed', async () => {
  await using fixture = await twoKeys()
  const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 4 } }
  vendor.next.push(json(blocked), streamed(sse(blocked)))
  const { models } = clientOf(fixture)
  const { model } = fixture
  expect((await models.generateContent({ model, contents: 'hi' })).promptFeedback).toEqual({
    blockReason: 'SAFETY',
  })
  for await (const chunk of await models.generateContentStream({ model, contents: 'hi' }))
    expect(chunk.promptFeedback?.blockReason).toBe('SAFETY')
  expect(vendor.calls).toHaveLength(2)
})

test.each([
  ['cut off', sse(events[0]), 'ended before its answer'],
  ['ended by an error', sse(events[0], { error: { code: 503, message: 'Overloaded, key-a' } }), 'Overloaded'],
])('a stream that is %s ends in an error', async (_, body, words) => {
  await using fixture = await twoKeys()
  vendor.next.push(streamed(body))
  const { model } = fixture
  const stream = await clientOf(fixture).models.generateContentStream({ model, contents: 'hi' })
  expect((await stream.next()).value?.text).toBe('Hel')
  const error = await stream.next().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ApiError)
  expect(String(error)).toContain(words)
  expect(String(error)).not.toContain('key-a')
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'failed' }])
})

test('before its first content a stream is tried with the next key', async () => {
  await using fixture = await fixtureOf({ a: {}, b: {} })
  vendor.next.push(
    streamed(sse({ candidates: [candidate([{ text: '' }])], ...about })),
    json([exhausted]),
    streamed(sse(...events)),
  )
  const first = await post(fixture, `${fixture.model}:streamGenerateContent?alt=sse`, { contents })
  expect([first.status, vendor.calls.length]).toEqual([502, 2])
  const second = await post(fixture, `${fixture.model}:streamGenerateContent?alt=sse`, { contents })
  expect([second.status, await second.text()]).toEqual([200, sse(...events)])
})

test('without alt=sse a stream is the elements of an array, as they come', async () => {
  await using fixture = await twoKeys()
  vendor.next.push(
    streamed(`: still here\n\n${sse(events[0])}: still here\n\n${sse(events[1])}`),
    json(answer),
    streamed(sse(events[0])),
    (_, response) => {
      response.setHeader('content-type', 'text/event-stream').write(sse(events[0]))
    },
  )
  const ask = () => post(fixture, `${fixture.model}:streamGenerateContent`, { contents })
  const response = await ask()
  expect(response.headers.get('content-type')).toContain('application/json')
  expect(await response.json()).toEqual(events)
  expect(await (await ask()).json()).toEqual([answer])
  expect(await (await ask()).json()).toEqual([
    events[0],
    { error: { code: 502, status: 'UNAVAILABLE', message: expect.stringContaining('ended before') } },
  ])
  const reader = (await ask()).body?.getReader()
  const { value } = (await reader?.read()) ?? {}
  expect(Buffer.from(value ?? []).toString()).toBe(`[${JSON.stringify(events[0])}`)
  await reader?.cancel()
})

test('a key that is split over events is redacted, in both forms of a stream', async () => {
  const key = 'AIzaSyD-0123456789abcdefghijklmnopqrstu'
  await using fixture = await fixtureOf({ a: {} }, { KEY_A: key })
  const said = ['I have ', key.slice(0, 20), key.slice(20), ' here.']
  const body = sse(
    ...said.map((text, place) => ({ candidates: [candidate([{ text }], place === 3 ? 'STOP' : undefined)] })),
  )
  for (const query of ['?alt=sse', '']) {
    vendor.next.push(streamed(body))
    const text = await (
      await post(fixture, `${fixture.model}:streamGenerateContent${query}`, { contents })
    ).text()
    const texts = [...text.matchAll(/"text":"([^"]*)"/g)].map(([, part]) => part)
    expect([query, texts.join('')]).toEqual([query, 'I have [key] here.'])
  }
})

test('tokens are counted by the vendor, as no request, and a refusal to count is none of the key', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const { models } = clientOf(fixture)
  const { model } = fixture
  const total = { totalTokens: 31, promptTokensDetails: [{ modality: 'TEXT', tokenCount: 31 }] }
  vendor.next.push(json(total), json(exhausted, 429), json(answer))
  expect((await models.countTokens({ model, contents: 'hi' })).totalTokens).toBe(31)
  const refused = await models.countTokens({ model, contents: 'a'.repeat(400) })
  expect(refused.totalTokens).toBe(100)
  expect((await models.generateContent({ model, contents: 'hi' })).text).toBe('Hello there')
  expect(keysAndPaths()).toEqual([
    ['key-a', `/v1beta/models/${model}:countTokens`],
    ['key-a', `/v1beta/models/${model}:countTokens`],
    ['key-a', `/v1beta/models/${model}:generateContent`],
  ])
  const rows = await fixture.ledgerOf('a')
  expect(rows.map(({ requestCount }) => requestCount)).toEqual([0, 0, 1])
})

test('tokens are estimated without a call where no key has room', async () => {
  await using fixture = await fixtureOf({ a: { limits: requestsPerDay(0) } })
  const { models } = clientOf(fixture)
  const { totalTokens, sdkHttpResponse } = await models.countTokens({ model: fixture.model, contents: 'hi' })
  expect([totalTokens, sdkHttpResponse?.headers?.['x-quotakeeper-estimated']]).toEqual([1, 'true'])
  expect(vendor.calls).toHaveLength(0)
})

test("a pin rewrites the path's model and its repetition in the body, and a key is not passed on", async () => {
  await using fixture = await fixtureOf({ a: {}, b: {} })
  const { model } = fixture
  const pinned = `${fixture.nameOf('b')}/${model}`
  vendor.next.push(json(answer), json({ totalTokens: 3 }))
  expect((await clientOf(fixture).models.generateContent({ model: pinned, contents: 'hi' })).text).toBe(
    'Hello there',
  )
  const generateContentRequest = { model: `models/${pinned}`, contents }
  const path = `${encodeURIComponent(pinned)}:countTokens?key=of-the-client`
  const response = await post(fixture, path, { generateContentRequest })
  expect(await response.json()).toEqual({ totalTokens: 3 })
  expect(keysAndPaths()).toEqual([
    ['key-b', `/v1beta/models/${model}:generateContent`],
    ['key-b', `/v1beta/models/${model}:countTokens`],
  ])
  expect(sentTo(1)).toEqual({ generateContentRequest: { model: `models/${model}`, contents } })
})

test('Google’s list of models has those that can be called so', async () => {
  await using fixture = await fixtureOf({ a: {}, b: { vendor: 'custom' } })
  const { models } = clientOf(fixture)
  const names: (string | undefined)[] = []
  for await (const { name } of await models.list()) names.push(name)
  const { model } = fixture
  expect(names).toContain(`models/${model}`)
  expect(names).toContain(`models/${fixture.nameOf('a')}/${model}`)
  expect(names).not.toContain(`models/${fixture.nameOf('b')}/${model}`)
  expect(await models.get({ model })).toMatchObject({
    name: `models/${model}`,
    supportedActions: ['generateContent', 'streamGenerateContent', 'countTokens'],
  })
  await expect(models.get({ model: `${fixture.nameOf('b')}/${model}` })).rejects.toMatchObject({
    status: 404,
  })
})

test('the token is read from its header, the address or Bearer, and a wrong one refused in Google’s shape', async () => {
  const token = 'a-token-of-at-least-32-characters-0'
  await using fixture = await fixtureOf({ a: {} }, { QUOTA_GATEWAY_TOKEN: token })
  const { model } = fixture
  vendor.next.push(json(answer), json(answer), json(answer))
  const right = await clientOf(fixture, token).models.generateContent({ model, contents: 'hi' })
  expect(right.text).toBe('Hello there')
  const path = `${model}:generateContent`
  expect((await post(fixture, `${path}?key=${token}`, { contents })).status).toBe(200)
  expect((await post(fixture, path, { contents }, { authorization: `Bearer ${token}` })).status).toBe(200)
  for (const wrong of [path, `${path}?key=wrong`]) {
    const response = await post(fixture, wrong, { contents })
    expect([wrong, response.status]).toEqual([wrong, 401])
    expect(await response.json()).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } })
  }
  expect(JSON.stringify(vendor.calls)).not.toContain(token)
})

test('the granted maximum goes on under the names that the request has', async () => {
  await using fixture = await fixtureOf({ a: {} }, { QUOTA_RESERVE_STRICT: 'true' })
  vendor.next.push(json(answer), json(answer))
  const path = `${fixture.model}:generateContent`
  await post(fixture, path, { contents, generationConfig: { maxOutputTokens: 70, temperature: 0 } })
  await post(fixture, path, { contents, generation_config: { max_output_tokens: 80 } })
  expect([sentTo(0), sentTo(1)]).toEqual([
    { contents, generationConfig: { maxOutputTokens: 70, temperature: 0 } },
    { contents, generation_config: { max_output_tokens: 80 } },
  ])
})

test.each(['m:embedContent', 'm', ':generateContent', 'a/../b:generateContent'])(
  '%s is 404 and names what is served',
  async path => {
    await using fixture = await fixtureOf({ a: {} })
    // As it is: `fetch` would resolve the dots.
    const response = await post(fixture, path.replaceAll('.', '%2E').replaceAll('/', '%2F'), { contents })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      error: { status: 'NOT_FOUND', message: expect.stringContaining(':streamGenerateContent') },
    })
    expect(vendor.calls).toHaveLength(0)
  },
)

test('vendors have it whose documentation or provider names it, and no others', async () => {
  await using custom = await fixtureOf({ a: { vendor: 'custom', endpoints: ['generateContent'] } })
  vendor.next.push(json(answer))
  expect((await post(custom, `${custom.model}:generateContent`, { contents })).status).toBe(200)
  expect(keysAndPaths()).toEqual([['key-a', `/v1beta/openai/models/${custom.model}:generateContent`]])
  await using others = await fixtureOf({ a: { vendor: 'custom' }, b: { vendor: 'groq' } })
  const pinned = `${others.nameOf('a')}/${others.model}`
  const refused = await post(others, `${pinned}:generateContent`, { contents })
  expect(refused.status).toBe(404)
  expect(await refused.json()).toMatchObject({ error: { status: 'NOT_FOUND' } })
  expect(vendor.calls).toHaveLength(0)
  const text = await post(custom, `${custom.model}:generateContent`, 'no object')
  expect(await text.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } })
})
