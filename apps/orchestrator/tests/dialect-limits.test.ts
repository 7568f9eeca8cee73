import { beforeAll, expect, test } from 'vitest'
import { startFixture } from './fixture.js'
import { chatAnswer, messageAnswer, responseAnswer } from './recorded-dialects.js'
import { startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

const answers: Readonly<Record<string, unknown>> = {
  'chat/completions': chatAnswer,
  messages: messageAnswer,
  responses: responseAnswer,
}

const messages = [{ role: 'user', content: 'hi' }]

test.each([
  ['responses', { input: 'hi', max_output_tokens: 5_000 }, 'responses', 'max_output_tokens'],
  ['responses', { input: 'hi', max_output_tokens: 5_000 }, 'chat/completions', 'max_tokens'],
  ['responses', { input: 'hi' }, 'messages', 'max_tokens'],
  ['messages', { messages, max_tokens: 5_000 }, 'messages', 'max_tokens'],
  ['messages', { messages, max_tokens: 5_000 }, 'chat/completions', 'max_tokens'],
  ['messages', { messages, max_tokens: 5_000 }, 'responses', 'max_output_tokens'],
])(
  '%s %j at a vendor of %s is held to what was granted of tokens, where that is strict',
  async (endpoint, fields, at, cap) => {
    await using vendor = await startRecordedVendor((_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[at]))
    })
    const limits = [{ metric: 'tokens' as const, window: 'rolling-1d' as const, max: 400 }]
    await using fixture = await startFixture(api, {
      keys: { a: { baseUrl: vendor.baseUrl, endpoints: [at], limits } },
      environment: { QUOTA_RESERVE_STRICT: 'true' },
    })
    const ask = () =>
      fetch(`${fixture.origin}/v1/${endpoint}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: `custom/${fixture.model}`, ...fields }),
      })
    expect((await ask()).status).toBe(200)
    const sent = JSON.parse(vendor.calls[0]?.body.toString() ?? '')
    expect(sent.model).toBe(fixture.model)
    expect(sent[cap]).toBeGreaterThan(300)
    expect(sent[cap]).toBeLessThan(400)
  },
)

test('characters are those of prompt and answer, in each dialect', async () => {
  for (const [endpoint, fields, at] of [
    ['responses', { input: 'four', instructions: 'be' }, 'responses'],
    ['responses', { input: 'four', instructions: 'be' }, 'chat/completions'],
    ['messages', { messages: [{ role: 'user', content: 'four' }], system: 'be', max_tokens: 9 }, 'messages'],
  ] as const) {
    await using vendor = await startRecordedVendor((_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[at]))
    })
    await using fixture = await startFixture(api, {
      keys: { a: { baseUrl: vendor.baseUrl, endpoints: [at] } },
    })
    await fetch(`${fixture.origin}/v1/${endpoint}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: fixture.model, ...fields }),
    })
    expect(await fixture.ledgerOf('a')).toMatchObject([{ characterCount: 4 + 2 + 'Hello'.length }])
  }
})
