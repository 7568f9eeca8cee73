import { createOpenAI } from '@ai-sdk/openai'
import { generateText, streamText } from 'ai'
import { beforeAll, expect, test } from 'vitest'
import { type Fixture, requestsPerDay, startFixture } from './fixture.js'
import { chatAnswer, chatEvents, responseAnswer, responseEvents } from './recorded-dialects.js'
import { startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

function modelOf(fixture: Fixture) {
  return createOpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused' }).chat(fixture.model)
}

test('the AI SDK generates and streams text with only the base URL set', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq' } } })
  const { text, usage } = await generateText({ model: modelOf(fixture), prompt: 'Say hello.' })
  expect([text, (usage.outputTokens ?? 0) > 0]).toEqual(['The stand-in answers.', true])
  const streamed = streamText({ model: modelOf(fixture), prompt: 'Say hello.' })
  let all = ''
  for await (const part of streamed.textStream) all += part
  expect(all).toBe('The stand-in answers.')
  expect((await streamed.usage).outputTokens).toBeGreaterThan(0)
  const rows = await fixture.ledgerOf('a')
  expect(rows.map(({ outcome, estimated }) => [outcome, estimated])).toEqual([
    ['succeeded', false],
    ['succeeded', false],
  ])
})

test.each([
  ['translated', { endpoints: ['chat/completions'] }, JSON.stringify(chatAnswer), chatEvents],
  ['as it came', {}, JSON.stringify(responseAnswer), responseEvents],
])('the AI SDK uses Responses by default, and is answered: %s', async (_, key, whole, events) => {
  await using vendor = await startRecordedVendor((call, response) => {
    const isStream = JSON.parse(call.body.toString()).stream === true
    response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
    response.end(isStream ? events : whole)
  })
  const { baseUrl } = vendor
  await using fixture = await startFixture(api, {
    keys: { a: { baseUrl, ...key, limits: requestsPerDay(0) }, b: { baseUrl, ...key } },
  })
  const model = createOpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused' })(fixture.model)
  const { text, usage } = await generateText({ model, prompt: 'Say hello.' })
  expect([text, usage.inputTokens, usage.outputTokens]).toEqual(['Hello', 20, 5])
  const streamed = streamText({ model, prompt: 'Say hello.' })
  let all = ''
  for await (const part of streamed.textStream) all += part
  expect([all, await streamed.finishReason, (await streamed.usage).totalTokens]).toEqual([
    'Hello',
    'stop',
    25,
  ])
  const rows = await fixture.ledgerOf('b')
  expect(rows.map(({ inputTokenCount }) => inputTokenCount)).toEqual([20, 20])
})

test('a spent quota reaches a user of the AI SDK as 429 with the reason, without a call to the vendor', async () => {
  await using fixture = await startFixture(api, { keys: { a: { limits: requestsPerDay(1) } } })
  const ask = () => generateText({ model: modelOf(fixture), prompt: 'Say hello.', maxRetries: 0 })
  await ask()
  await expect(ask()).rejects.toMatchObject({
    statusCode: 429,
    message: expect.stringContaining('requests/day has no room'),
  })
  expect(fixture.vendor.calls.length).toBe(1)
})
