import OpenAI, { PermissionDeniedError } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, type Fixture, startFixture } from './fixture.js'
import { geminiAnswer } from './recorded-gemini.js'
import { startRecordedVendor } from './recorded-vendor.js'
import { startTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const messages = [{ role: 'user' as const, content: 'Say hello.' }]
const monthly = (max: number) => [{ metric: 'cost', window: 'month', max }] as const
const usage = { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 }
const answer = {
  kind: 'answer' as const,
  httpStatus: 200,
  body: { choices: [{ message: { content: 'hello' }, finish_reason: 'stop' }], usage },
}

function clientOf(fixture: Fixture): OpenAI {
  return new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused' })
}

function refusalOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => 'answered',
    (reason: unknown) => reason,
  )
}

test('with a limit on cost a call of unknown price is a PermissionDeniedError, and no vendor is called', async () => {
  await using fixture = await startFixture(api, { keys: { a: { limits: [...monthly(1_000_000)] } } })
  const { model } = fixture
  const error = await refusalOf(clientOf(fixture).chat.completions.create({ model, messages }))
  expect(error).toBeInstanceOf(PermissionDeniedError)
  expect(error).toMatchObject({ status: 403, code: 'price_unknown', type: 'permission_error' })
  expect(String(error)).toContain(`the price is unknown, and cost/month limits cost`)
  expect(String(error)).toContain(`Set a price under prices: in the configuration for "custom/${model}"`)
  expect(fixture.vendor.calls).toEqual([])
})

test('without a limit on cost, or with one that only watches, the same call is answered', async () => {
  const limits = [
    { metric: 'cost', window: 'month', max: 1, mode: 'shadow' },
    { metric: 'cost', window: 'day', max: null },
  ] as const
  await using fixture = await startFixture(api, {
    keys: { a: {}, b: { limits: [...limits], models: ['watched'] } },
  })
  const client = clientOf(fixture)
  for (const model of [fixture.model, 'watched']) {
    const { choices } = await client.chat.completions.create({ model, messages })
    expect(choices[0]?.message.content).toBe('The stand-in answers.')
  }
  // Where somebody watches money, a cost of 0 is said to be an estimate.
  expect(await fixture.ledgerOf('b')).toMatchObject([{ costMicroUsd: 0, estimated: true }])
})

test('a team with a budget of money is refused a model of unknown price, and served it without the budget', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const { model } = fixture
  const team = async (limits: readonly ReturnType<typeof monthly>[0][]): Promise<unknown> => {
    await api.client.consumers.upsert.mutate({ name: 'team', limits })
    const headers = { 'x-quotakeeper-consumer': 'app' }
    return refusalOf(clientOf(fixture).chat.completions.create({ model, messages }, { headers }))
  }
  await api.client.consumers.upsert.mutate({ name: 'team', limits: [] })
  await api.client.consumers.upsert.mutate({ name: 'app', parent: 'team' })
  const refused = await team(monthly(1_000_000))
  expect(refused).toMatchObject({ status: 403, code: 'price_unknown' })
  expect(fixture.vendor.calls).toEqual([])
  expect(await team([])).toBe('answered')
  expect(fixture.vendor.calls.length).toBe(1)
})

test('every endpoint refuses an unknown price in the format of its clients', async () => {
  await using fixture = await startFixture(api, {
    keys: {
      a: { limits: [...monthly(1_000_000)], vendor: 'gemini' },
      b: { limits: [...monthly(1_000_000)] },
    },
  })
  const { model, origin } = fixture
  const post = (path: string, body: object) =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const contents = [{ parts: [{ text: 'hello' }] }]
  const asked: readonly [string, object, object][] = [
    ['/v1/chat/completions', { model, messages }, { error: { code: 'price_unknown' } }],
    ['/v1/responses', { model, input: 'hello' }, { error: { code: 'price_unknown' } }],
    [
      '/v1/messages',
      { model, messages, max_tokens: 10 },
      { type: 'error', error: { type: 'permission_error' } },
    ],
    ['/v1/embeddings', { model, input: 'hello' }, { error: { code: 'price_unknown' } }],
    ['/v1/images/generations', { model, prompt: 'a cat' }, { error: { code: 'price_unknown' } }],
    ['/v1/audio/speech', { model, input: 'hello', voice: 'v' }, { error: { code: 'price_unknown' } }],
    [
      `/v1beta/models/${model}:generateContent`,
      { contents },
      { error: { code: 403, status: 'PERMISSION_DENIED' } },
    ],
  ]
  for (const [path, body, error] of asked) {
    const response = await post(path, body)
    expect([path, response.status]).toEqual([path, 403])
    const refusal: unknown = await response.json()
    expect(refusal).toMatchObject(error)
    expect(JSON.stringify(refusal)).toContain('Set a price under prices:')
  }
  expect(fixture.vendor.calls).toEqual([])
})

test('list prices are bundled: a call of a known model is reserved and charged without any configuration', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { vendor: 'groq', models: ['llama-3.1-8b-instant'], limits: [...monthly(1_000_000)] } },
  })
  fixture.vendor.respondWith(() => answer)
  const { data, response } = await clientOf(fixture)
    .chat.completions.create({ model: 'llama-3.1-8b-instant', messages })
    .withResponse()
  expect([response.status, data.usage?.total_tokens]).toEqual([200, 1_500])
  // 1,000 · $0.05 + 500 · $0.08, per million.
  expect(await fixture.ledgerOf('a')).toMatchObject([{ costMicroUsd: 90, estimated: false }])
})

test('sound that a chat brings has no list price', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { vendor: 'openai', models: ['gpt-4o'], limits: [...monthly(1_000_000)] } },
  })
  fixture.vendor.respondWith(() => answer)
  expect((await fixture.ask({ model: 'gpt-4o' })).status).toBe(200)
  const content = [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }]
  const heard = await fixture.ask({ model: 'gpt-4o', messages: [{ role: 'user', content }] })
  expect([heard.status, (await errorOf(heard)).code]).toEqual([403, 'price_unknown'])
  const spoken = await fixture.ask({ model: 'gpt-4o', modalities: ['text', 'audio'] })
  expect(spoken.status).toBe(403)
  const quoted = [{ role: 'user', content: 'what is {"type":"input_audio"}?' }]
  expect((await fixture.ask({ model: 'gpt-4o', messages: quoted })).status).toBe(200)
  expect(fixture.vendor.calls.length).toBe(2)
})

test('sound and images of Gemini’s own API have no list price either', async () => {
  const name = 'gemini-2.5-flash'
  await using vendor = await startRecordedVendor((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(geminiAnswer))
  })
  const limits = [...monthly(1_000_000)]
  await using fixture = await startFixture(api, {
    keys: { a: { vendor: 'gemini', models: [name], limits, baseUrl: vendor.baseUrl } },
  })
  const send = (body: object): Promise<Response> =>
    fetch(`${fixture.origin}/v1beta/models/${name}:generateContent`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'hi' }] }], ...body }),
    })
  expect((await send({})).status).toBe(200)
  const sound = { inlineData: { mimeType: 'audio/mp3', data: 'AAAA' } }
  expect((await send({ contents: [{ parts: [sound] }] })).status).toBe(403)
  const short = { file_data: { mime_type: 'audio/wav', file_uri: 'https://sounds.example/a.wav' } }
  expect((await send({ contents: [{ parts: [short] }] })).status).toBe(403)
  expect((await send({ generationConfig: { responseModalities: ['IMAGE'] } })).status).toBe(403)
  const picture = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
  expect((await send({ contents: [{ parts: [picture] }] })).status).toBe(200)
  expect(vendor.calls).toHaveLength(2)
})

test('counting tokens costs nothing, and passes a limit on cost', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { limits: [...monthly(0)], endpoints: ['messages', 'messages/count_tokens'] } },
  })
  const response = await fetch(`${fixture.origin}/v1/messages/count_tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model: fixture.model, messages }),
  })
  // The stand-in cannot count, so that the gateway answers; what matters is that the vendor was asked.
  expect(response.status).toBe(200)
  expect(fixture.vendor.calls.map(({ path }) => path)).toEqual(['/v1/messages/count_tokens'])
})
