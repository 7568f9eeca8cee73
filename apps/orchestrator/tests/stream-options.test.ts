import type { PlainAnswer, VendorCall } from '@quotakeeper/test-kit'
import OpenAI from 'openai'
import { beforeAll, expect, test } from 'vitest'
import { startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

const refusal = (httpStatus: number, body: unknown): PlainAnswer => ({ kind: 'answer', httpStatus, body })
const extra = 'Extra inputs are not permitted'
const forms: readonly (readonly [string, PlainAnswer])[] = [
  [
    'FastAPI',
    refusal(422, { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: extra }] }),
  ],
  ['FastAPI in words alone', refusal(422, { detail: extra })],
  ['OpenAI', refusal(400, { error: { message: 'Unrecognized request argument supplied: stream_options' } })],
  ['Go', refusal(400, 'json: unknown field "stream_options"')],
  ['a server that fails over it', refusal(500, { error: "unexpected keyword argument 'stream_options'" })],
]
const refusing = (answer: PlainAnswer) => (call: VendorCall) =>
  'stream_options' in call.body ? answer : undefined

test.each(forms)(
  'a vendor that refuses stream_options as %s does is asked once more without it',
  async (_, answer) => {
    await using fixture = await startFixture(api, {
      keys: { a: { limits: [{ metric: 'requests', window: 'day', max: 3 }] } },
    })
    fixture.vendor.respondWith(refusing(answer))
    for (const own of [{}, {}, { stream_options: { include_usage: true } }]) {
      const response = await fixture.ask({ stream: true, ...own })
      expect(response.status).toBe(200)
      expect(await response.text()).toContain('[DONE]')
    }
    // Refused once, and then cached.
    expect(fixture.vendor.calls.map(({ httpStatus }) => httpStatus)).toEqual([
      answer.httpStatus,
      200,
      200,
      200,
    ])
    const stats = await api.client.stats.get.query({ providerName: fixture.nameOf('a') })
    expect(stats.models.every(({ availableAt }) => availableAt === null)).toBe(true)
    const rows = await fixture.ledgerOf('a')
    expect(rows.map(({ outcome, requestCount }) => [outcome, requestCount])).toEqual([
      ['succeeded', 1],
      ['succeeded', 1],
      ['succeeded', 1],
    ])
  },
)

test("OpenAI's client streams from a vendor that refuses stream_options", async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(refusing(refusal(422, { detail: extra })))
  const client = new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', maxRetries: 0 })
  const stream = await client.chat.completions.create({
    model: fixture.model,
    messages: [{ role: 'user', content: 'Say hello.' }],
    stream: true,
  })
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  expect(text).not.toBe('')
})

test('a request error unrelated to stream_options is passed on, and not cached', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const fault = refusal(422, { detail: 'unknown field `colour`, expected one of `model`, `stream_options`' })
  fixture.vendor.respondWith(call => ('colour' in call.body ? fault : undefined))
  expect((await fixture.ask({ stream: true, colour: 'red' })).status).toBe(422)
  expect((await fixture.ask({ stream: true })).status).toBe(200)
  expect(fixture.vendor.calls.at(-1)?.body).toHaveProperty('stream_options')
  const rows = await fixture.ledgerOf('a')
  expect(rows.map(({ outcome, requestCount }) => [outcome, requestCount])).toEqual([
    ['refused', 0],
    ['succeeded', 1],
  ])
})

test('the configuration can enable or disable usage in streams', async () => {
  await using fixture = await startFixture(api, {
    keys: { off: { streamUsage: false }, on: { vendor: 'cohere', streamUsage: true } },
  })
  for (const key of ['off', 'on']) {
    const model = `${fixture.nameOf(key)}/${fixture.model}`
    const response = await fixture.ask({ model, stream: true, stream_options: { include_usage: true } })
    expect(response.status).toBe(200)
    await response.text()
  }
  expect(fixture.vendor.calls.map(({ body }) => 'stream_options' in body)).toEqual([false, true])
})

test('strict: a vendor that supports only the other maximum field gets that one', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: {} },
    environment: { QUOTA_RESERVE_STRICT: 'true' },
  })
  const message = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
  fixture.vendor.respondWith(call =>
    'max_tokens' in call.body ? refusal(400, { error: { message, param: 'max_tokens' } }) : undefined,
  )
  for (const _ of [1, 2]) expect((await fixture.ask()).status).toBe(200)
  const caps = fixture.vendor.calls.map(({ body }) => [body['max_tokens'], body['max_completion_tokens']])
  expect(caps).toEqual([
    [1_024, undefined],
    [undefined, 1_024],
    [undefined, 1_024],
  ])
})
