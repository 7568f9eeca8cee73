import { beforeAll, expect, test } from 'vitest'
import { errorOf, startFixture } from './fixture.js'
import { startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

test('each of several answers is reserved: five of 200 tokens do not fit into 900', async () => {
  const limits = [{ metric: 'tokens', window: 'rolling-60s', max: 900 }] as const
  await using fixture = await startFixture(api, { keys: { a: { limits: [...limits] } } })
  const response = await fixture.ask({ n: 5, max_tokens: 200 })
  expect(response.status).toBe(413)
  expect((await errorOf(response)).message).toMatch(/the call needs 1,0\d\d tokens; the limit is 900 in 60 s/)
  expect(fixture.vendor.calls).toEqual([])
  expect((await fixture.ask({ n: 4, max_tokens: 200 })).status).toBe(200)
  const [row] = await fixture.ledgerOf('a')
  expect(row?.reserved).toMatchObject({ inputTokenCount: 3, outputTokenCount: 800 })
})

test.each([
  [{ max_tokens: 1, max_completion_tokens: 10_000 }, 1_024],
  [{ max_tokens: 10_000, max_completion_tokens: 1 }, 1_024],
  [{ max_tokens: 1, max_completion_tokens: 300 }, 300],
  [{ n: 3 }, 3_072],
])('%j reserves %i tokens of output', async (fields, outputTokenCount) => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  expect((await fixture.ask(fields)).status).toBe(200)
  const [row] = await fixture.ledgerOf('a')
  expect(row?.reserved).toMatchObject({ outputTokenCount })
})

test('strict: both maximum fields are set to the granted output, divided among the answers', async () => {
  const limits = [{ metric: 'tokens', window: 'day', max: 1_003 }] as const
  const environment = { QUOTA_RESERVE_STRICT: 'true' }
  await using fixture = await startFixture(api, { keys: { a: { limits: [...limits] } }, environment })
  const response = await fixture.ask({ n: 2, max_tokens: 4_096, max_completion_tokens: 9_000 })
  expect(response.status).toBe(200)
  expect(fixture.vendor.calls[0]?.body).toMatchObject({ n: 2, max_tokens: 500, max_completion_tokens: 500 })
})

const most = Number.MAX_SAFE_INTEGER
const messages = [{ role: 'user', content: 'Say hello.' }]
const contents = [{ role: 'user', parts: [{ text: 'Say hello.' }] }]

test.each([
  ['v1/chat/completions', { messages, max_tokens: most, n: 1_000 }],
  ['v1/responses', { input: 'Say hello.', max_output_tokens: most }],
  ['v1/messages', { messages, max_tokens: most }],
  ['v1/completions', { prompt: 'Say hello.', max_tokens: most, n: 1_000 }],
  ['v1beta/models/MODEL:generateContent', { contents, generationConfig: { maxOutputTokens: most } }],
] as const)(
  'strict: a maximum of %s beyond what can be counted does not fit, and is no fault of the API',
  async (path, body) => {
    const limits = [{ metric: 'tokens', window: 'day', max: 100 }] as const
    const environment = { QUOTA_RESERVE_STRICT: 'true' }
    await using fixture = await startFixture(api, {
      keys: { a: { limits: [...limits], endpoints: ['chat/completions', 'completions', 'generateContent'] } },
      environment,
    })
    const response = await fetch(`${fixture.origin}/${path.replace('MODEL', fixture.model)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: fixture.model, ...body }),
    })
    expect(response.status).toBe(path === 'v1/messages' || path === 'v1/responses' ? 400 : 413)
    expect(await response.text()).toContain('the limit is 100 a day')
  },
)

test.each(['queued', 'in_progress'])(
  'an answer of Responses that is %s, as in the background, is charged what was reserved for it',
  async status => {
    const answer = { id: 'resp_1', object: 'response', status, model: 'm', output: [], usage: null }
    await using vendor = await startRecordedVendor((_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
    })
    await using fixture = await startFixture(api, {
      keys: { a: { baseUrl: vendor.baseUrl, endpoints: ['responses'] } },
    })
    const response = await fetch(`${fixture.origin}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: fixture.model,
        input: 'Say hello.',
        background: true,
        max_output_tokens: 300,
      }),
    })
    expect(await response.json()).toEqual(answer)
    expect(await fixture.ledgerOf('a')).toMatchObject([
      {
        ...{ outcome: 'succeeded', estimated: true, requestCount: 1, inputTokenCount: 3 },
        ...{ outputTokenCount: 300, characterCount: 10 + 4 * 300 },
      },
    ])
  },
)
