import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { type Fixture, type FixtureKey, requestsPerDay } from './fixture.js'
import { compactedAnswer, responseAnswer } from './recorded-dialects.js'
import { json, startRecordedFixtures } from './recorded-fixture.js'
import type { Respond } from './recorded-vendor.js'

const { vendor, fixtureOf } = await startRecordedFixtures()

/** As vendors without the endpoint have it. */
const withoutCompact = { endpoints: ['chat/completions', 'responses'] }
const chatOnly = { endpoints: ['chat/completions'] }

function clientOf({ origin }: Fixture): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'unused', maxRetries: 0 })
}

function sentTo(call: number): Record<string, unknown> {
  return JSON.parse(vendor.calls[call]?.body.toString() ?? '')
}

const keyOf = (call: number) => vendor.calls[call]?.headers.authorization

const input: OpenAI.Responses.ResponseInput = [
  { role: 'user', content: 'Fix the test.' },
  { role: 'assistant', content: 'It is fixed.' },
]
const compaction = (token: string) => ({ type: 'compaction' as const, id: 'cmp_1', encrypted_content: token })
const compacted = (token: string) => ({
  ...compactedAnswer,
  output: [...compactedAnswer.output.slice(0, -1), compaction(token)],
})

test("OpenAI's client compacts a conversation: as it came, counted by its usage, and given back as it came", async () => {
  await using fixture = await fixtureOf({ a: { limits: requestsPerDay(0) }, b: { vendor: 'openai' } })
  const { model } = fixture
  vendor.next.push(json(compactedAnswer))
  const { data, response } = await clientOf(fixture)
    .responses.compact({ model, input, instructions: 'Be kind.' })
    .withResponse()
  expect(data).toEqual(compactedAnswer)
  expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf('b'))
  expect(vendor.calls.map(({ path }) => path)).toEqual(['/v1/responses/compact'])
  // No maximum of output: the endpoint has none.
  expect(sentTo(0)).toEqual({ model, input, instructions: 'Be kind.' })
  expect(await fixture.ledgerOf('b')).toMatchObject([
    {
      ...{ outcome: 'succeeded', requestCount: 1, estimated: false },
      ...{ inputTokenCount: 139, cachedInputTokenCount: 11, outputTokenCount: 438 },
    },
  ])
})

test('no maximum is sent where reservations are strict', async () => {
  await using fixture = await fixtureOf({ a: {} }, { QUOTA_RESERVE_STRICT: 'true' })
  const { model } = fixture
  vendor.next.push(json(compactedAnswer))
  await clientOf(fixture).responses.compact({ model, input })
  expect(sentTo(0)).toEqual({ model, input })
})

test('where its vendor reports no usage, it is estimated: of the answer, without what the user had said', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const { usage: _, ...silent } = compacted('x'.repeat(400))
  vendor.next.push(json(silent))
  await clientOf(fixture).responses.compact({ model: fixture.model, input: 'a'.repeat(80) })
  expect(await fixture.ledgerOf('a')).toMatchObject([
    {
      outcome: 'succeeded',
      estimated: true,
      inputTokenCount: 20,
      outputTokenCount: 100,
      characterCount: 480,
    },
  ])
})

test.each([
  ['refuses', json({ error: { message: 'Rate limit reached' } }, 429)],
  ['does not have the endpoint', json({ detail: 'Not Found' }, 404)],
  ['answers without a conversation, which would be lost', json({ ...compactedAnswer, output: [] })],
  [
    'breaks off',
    ((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 999 })
      response.write('{"id":"resp_1","output":[', () => response.destroy())
    }) satisfies Respond,
  ],
])('the next key is asked where a vendor %s', async (_, respond) => {
  await using fixture = await fixtureOf({ a: {}, b: {} })
  const { model } = fixture
  vendor.next.push(respond, json(compactedAnswer))
  const { data } = await clientOf(fixture).responses.compact({ model, input }).withResponse()
  expect(data.object).toBe('response.compaction')
  expect([keyOf(0), keyOf(1)].toSorted()).toEqual(['Bearer key-a', 'Bearer key-b'])
})

test('a vendor that turns out not to have the endpoint is said so, without retries, and its key goes on answering', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const { model, origin } = fixture
  const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'unused', maxRetries: 2 })
  vendor.next.push(json({ detail: 'Not Found' }, 404), json(responseAnswer))
  await expect(client.responses.compact({ model, input })).rejects.toMatchObject({
    ...{ status: 400, code: 'endpoint_not_served' },
    message: expect.stringMatching(/HTTP 404 \("Not Found"\)\. .* Codex does /),
  })
  expect((await client.responses.create({ model, input: 'hi' })).output_text).toBe('Hello')
  expect(vendor.calls).toHaveLength(2)
})

test.each<[string, FixtureKey]>([
  ['by its settings', withoutCompact],
  ['by what is known of it', { vendor: 'groq' }],
])('where no vendor has the endpoint, %s, it is 400 with what to do, which Codex shows', async (_, key) => {
  await using fixture = await fixtureOf({ a: key })
  const model = `${fixture.nameOf('a')}/${fixture.model}`
  const compacting = clientOf(fixture).responses.compact({ model, input })
  await expect(compacting).rejects.toMatchObject({
    ...{ status: 400, code: 'endpoint_not_served' },
    message: expect.stringMatching(/has this endpoint\..* Codex does .* not named "OpenAI"/),
  })
  expect(vendor.calls).toHaveLength(0)
})

test.each([
  ['no key is set', { isUnset: true }, 'no_key'],
  [
    'the conversation is too large for every key',
    { limits: [{ metric: 'tokens' as const, window: 'rolling-60s' as const, max: 100 }] },
    'context_length_exceeded',
  ],
])('it is refused in the format of Responses where %s', async (_, key, code) => {
  await using fixture = await fixtureOf({ a: key })
  const compacting = clientOf(fixture).responses.compact({ model: fixture.model, input: 'a'.repeat(2_000) })
  await expect(compacting).rejects.toMatchObject({ status: 400, code })
  expect(vendor.calls).toHaveLength(0)
})

test('what its vendor keeps is compacted by the key that keeps it', async () => {
  await using fixture = await fixtureOf({ a: {}, b: {} })
  const { model, nameOf } = fixture
  const client = clientOf(fixture)
  const id = `resp_of_${model}`
  vendor.next.push(json({ ...responseAnswer, id }), json(compactedAnswer))
  await client.responses.create({ model: `${nameOf('b')}/${model}`, input: 'hi' })
  await client.responses.compact({ model, previous_response_id: id })
  expect([keyOf(0), keyOf(1)]).toEqual(['Bearer key-b', 'Bearer key-b'])
  const unknown = client.responses.compact({ model, previous_response_id: 'resp_unknown' })
  await expect(unknown).rejects.toMatchObject({
    ...{ status: 400, code: 'state_not_held', param: 'previous_response_id' },
  })
})

test('a compacted conversation goes to the key that made it alone: others would answer without what was said', async () => {
  await using fixture = await fixtureOf({ a: { limits: requestsPerDay(2) }, b: {}, c: chatOnly })
  const { model, nameOf } = fixture
  const client = clientOf(fixture)
  const token = `gAAA${model}`
  vendor.next.push(json(compacted(token)), json(responseAnswer))
  await client.responses.compact({ model: `${nameOf('a')}/${model}`, input })
  const goOn = [compaction(token), { role: 'user' as const, content: 'go on' }]
  expect((await client.responses.create({ model, input: goOn })).output_text).toBe('Hello')
  expect([keyOf(1), sentTo(1)['input']]).toEqual(['Bearer key-a', goOn])
  await expect(client.responses.create({ model, input: goOn })).rejects.toMatchObject({
    ...{ status: 429, code: 'usage_limit_reached' },
    message: expect.stringContaining('another key has made "input.compaction", and alone can read it'),
  })
  const elsewhere = client.responses.create({ model: `${nameOf('b')}/${model}`, input: goOn })
  await expect(elsewhere).rejects.toMatchObject({
    ...{ status: 400, code: 'state_not_held', param: 'input.compaction' },
  })
  expect(vendor.calls).toHaveLength(2)
})

test('one that nobody is known to have made is sent, and its vendor says whether it can read it', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const message = 'The encrypted content gAAA...c90= could not be verified.'
  vendor.next.push(
    json({ error: { message, type: 'invalid_request_error', code: 'invalid_encrypted_content' } }, 400),
  )
  const goOn = [compaction('gAAAunknown'), { role: 'user' as const, content: 'go on' }]
  const asking = clientOf(fixture).responses.create({ model: fixture.model, input: goOn })
  await expect(asking).rejects.toMatchObject({ status: 400, code: 'invalid_encrypted_content' })
  expect(vendor.calls.map((_, call) => sentTo(call)['input'])).toEqual([goOn])
})

test.each([
  ['compaction', compaction('gAAA'), 'send the whole conversation'],
  ['compaction_trigger', { type: 'compaction_trigger' as const }, 'not named "OpenAI"'],
])('an item %s is refused where it would have to be translated', async (type, item, words) => {
  await using fixture = await fixtureOf({ a: chatOnly })
  // This release of the library has no type for the trigger yet.
  const asked = [...input, item] as OpenAI.Responses.ResponseInput
  const asking = clientOf(fixture).responses.create({ model: fixture.model, input: asked })
  await expect(asking).rejects.toMatchObject({
    ...{ status: 400, code: 'unsupported_by_vendor', param: `input.${type}` },
    message: expect.stringContaining(words),
  })
  expect(vendor.calls).toHaveLength(0)
})

test('a key in a compacted conversation does not reach the client', async () => {
  await using fixture = await fixtureOf({ a: {} })
  const text = JSON.stringify(compactedAnswer).replace('Fix the test.', 'Use key-a of KEY: key-a')
  vendor.next.push((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(text)
  })
  const data = await clientOf(fixture).responses.compact({ model: fixture.model, input })
  expect(JSON.stringify(data)).not.toContain('key-a')
})
