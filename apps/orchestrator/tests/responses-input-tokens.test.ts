import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { type Fixture, type FixtureKey, requestsPerDay } from './fixture.js'
import { responseAnswer } from './recorded-dialects.js'
import { json, startRecordedFixtures } from './recorded-fixture.js'

const { vendor, fixtureOf } = await startRecordedFixtures()

function clientOf({ origin }: Fixture): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'unused', maxRetries: 0 })
}

const counted = { object: 'response.input_tokens', input_tokens: 11 }
/** 98 characters of the prompt and 2 of the instructions: 25 tokens. */
const prompt = { input: 'a'.repeat(98), instructions: 'ab' }
const estimated = { object: 'response.input_tokens', input_tokens: 25 }

test('the vendor counts tokens where it can, and that takes nothing of its quota', async () => {
  await using fixture = await fixtureOf({ a: { vendor: 'openai', limits: requestsPerDay(1) } })
  const { model } = fixture
  const client = clientOf(fixture)
  vendor.next.push(json(counted), json(counted), json(responseAnswer))
  const count = () => client.responses.inputTokens.count({ model, ...prompt }).withResponse()
  const { data, response } = await count()
  expect([data, response.headers.get('x-quotakeeper-estimated')]).toEqual([counted, null])
  await count()
  await client.responses.create({ model, input: 'hi' })
  expect(vendor.calls.map(({ path }) => path)).toEqual([
    '/v1/responses/input_tokens',
    '/v1/responses/input_tokens',
    '/v1/responses',
  ])
  expect(JSON.parse(vendor.calls[0]?.body.toString() ?? '')).toEqual({ model, ...prompt })
  const rows = await fixture.ledgerOf('a')
  expect(rows.map(({ requestCount }) => requestCount)).toEqual([0, 0, 1])
  expect(rows[0]).toMatchObject({ characterCount: 0, inputTokenCount: 0, outputTokenCount: 0 })
})

test.each<[string, FixtureKey]>([
  ['vendors that do not count them', { endpoints: ['chat/completions', 'responses'] }],
  ['Azure, which has Responses but no count', { vendor: 'azure' }],
  ['a key without room', { limits: requestsPerDay(0) }],
  ['a key that is not set', { isUnset: true }],
])('tokens are estimated without a call for %s', async (_, key) => {
  await using fixture = await fixtureOf({ a: key })
  const { data, response } = await clientOf(fixture)
    .responses.inputTokens.count({ model: fixture.model, ...prompt })
    .withResponse()
  expect(data).toEqual(estimated)
  expect(response.headers.get('x-quotakeeper-estimated')).toBe('true')
  expect(vendor.calls).toHaveLength(0)
})

test.each([
  ['refuses', json({ error: { message: 'Rate limit reached' } }, 429)],
  ['turns out not to have the endpoint', json({ detail: 'Method Not Allowed' }, 405)],
  ['answers something else', json({ hello: 'world' })],
])('they are estimated where the vendor %s, and its key goes on answering', async (_, respond) => {
  await using fixture = await fixtureOf({ a: {} })
  const client = clientOf(fixture)
  const { model } = fixture
  vendor.next.push(respond, json(responseAnswer))
  expect(await client.responses.inputTokens.count({ model, ...prompt })).toEqual(estimated)
  expect((await client.responses.create({ model, input: 'hi' })).output_text).toBe('Hello')
  expect(vendor.calls).toHaveLength(2)
})

test('a conversation that its vendor keeps is not estimated', async () => {
  await using fixture = await fixtureOf({ a: {}, b: {} })
  const { model } = fixture
  const kept = { model, ...prompt, previous_response_id: 'resp_unknown' }
  await expect(clientOf(fixture).responses.inputTokens.count(kept)).rejects.toMatchObject({
    ...{ status: 400, code: 'state_not_held', param: 'previous_response_id' },
  })
  expect(vendor.calls).toHaveLength(0)
})

test('a model that nobody serves, or that is not named, is refused in the format of Responses', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const { inputTokens } = clientOf(fixture).responses
  const nobodys = inputTokens.count({ model: `${fixture.nameOf('a')}/nobody-serves-it`, ...prompt })
  await expect(nobodys).rejects.toMatchObject({ status: 400, code: 'model_not_found' })
  await expect(inputTokens.count(prompt)).rejects.toMatchObject({ status: 400, code: 'missing_model' })
})
