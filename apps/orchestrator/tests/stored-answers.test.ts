import OpenAI, { APIError } from 'openai'
import { expect, test } from 'vitest'
import { type Fixture, requestsPerDay } from './fixture.js'
import { responseAnswer } from './recorded-dialects.js'
import { json, startRecordedFixtures } from './recorded-fixture.js'

const { vendor, fixtureOf } = await startRecordedFixtures()

function clientOf({ origin }: Fixture): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'unused', maxRetries: 0 })
}

/** What the vendor was asked from a call on, and with which keys. */
function askedFrom(call: number): readonly string[] {
  return vendor.calls
    .slice(call)
    .map(({ method, path, headers }) => `${method} ${path} ${headers.authorization?.replace('Bearer ', '')}`)
}

test("OpenAI's client reads, lists, cancels and deletes a stored answer at the key that made it", async () => {
  await using fixture = await fixtureOf({ keeper: {}, second: { limits: requestsPerDay(1) } })
  const client = clientOf(fixture)
  const id = `resp_${fixture.model}`
  const stored = { ...responseAnswer, id }
  const items = { object: 'list', data: [{ type: 'message', id: 'msg_1' }], has_more: false }
  vendor.next.push(
    ...[json(stored), json(stored), json(items), json({ ...stored, status: 'cancelled' })],
    json({ id, object: 'response', deleted: true }),
  )
  // Its only request of the day.
  await client.responses.create({ model: `${fixture.nameOf('second')}/${fixture.model}`, input: 'hi' })
  const { data: read, response } = await client.responses
    .retrieve(id, { include: ['reasoning.encrypted_content'] })
    .withResponse()
  expect([read.id, read.output_text]).toEqual([id, 'Hello'])
  expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf('second'))
  const listed = await client.responses.inputItems.list(id, { limit: 1 })
  expect(listed.data).toEqual(items.data)
  expect((await client.responses.cancel(id)).status).toBe('cancelled')
  await client.responses.delete(id)
  expect(askedFrom(1)).toEqual([
    expect.stringMatching(
      new RegExp(`^GET /v1/responses/${id}\\?include.*=reasoning.encrypted_content key-second$`),
    ),
    `GET /v1/responses/${id}/input_items?limit=1 key-second`,
    `POST /v1/responses/${id}/cancel key-second`,
    `DELETE /v1/responses/${id} key-second`,
  ])
  // None of it is a call that counts.
  expect(await fixture.ledgerOf('second')).toHaveLength(1)
})

test('without a known holder a stored answer is requested from the only possible key, and from none of several', async () => {
  {
    await using several = await fixtureOf({ keeper: {}, second: {} })
    const { responses } = clientOf(several)
    const asks: readonly (() => PromiseLike<unknown>)[] = [
      () => responses.retrieve('resp_unknown'),
      () => responses.delete('resp_unknown'),
      () => responses.inputItems.list('resp_unknown'),
    ]
    for (const ask of asks)
      await expect(ask()).rejects.toMatchObject({
        ...{ status: 404, code: 'state_not_held', type: 'invalid_request_error', param: 'response_id' },
        message: expect.stringContaining('resp_unknown'),
      })
    expect(vendor.calls).toHaveLength(0)
  }
  await using one = await fixtureOf({ keeper: {}, second: { endpoints: ['chat/completions'] } })
  const missing = { error: { message: 'Response not found.', type: 'invalid_request_error', code: null } }
  vendor.next.push(json({ ...responseAnswer, id: 'resp_unknown' }), json(missing, 404))
  expect((await clientOf(one).responses.retrieve('resp_unknown')).output_text).toBe('Hello')
  const denied = clientOf(one).responses.retrieve('resp_other')
  await expect(denied).rejects.toMatchObject({ status: 404, error: missing.error })
  expect(askedFrom(0)).toEqual([
    'GET /v1/responses/resp_unknown key-keeper',
    'GET /v1/responses/resp_other key-keeper',
  ])
})

test.each([
  ['a refusal', json({ error: { message: 'Too many, key-keeper' } }, 429), 429, 'quota_exhausted'],
  ['a refusal of the key', json({ error: { message: 'Wrong: key-keeper' } }, 401), 400, 'no_key_available'],
  ['a failure', json({ error: { message: 'oops, key-keeper' } }, 500), 424, 'vendor_failed'],
])(
  '%s of the vendor has the status and code of other endpoints, without the key',
  async (_, respond, status, code) => {
    await using fixture = await fixtureOf({ keeper: {} })
    vendor.next.push(respond)
    const error: unknown = await clientOf(fixture)
      .responses.retrieve('resp_1')
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ status, code })
    expect(String(error)).not.toContain('key-keeper')
  },
)

test('a key that a stored answer quotes does not reach the client', async () => {
  await using fixture = await fixtureOf({ keeper: {} }, { KEY_KEEPER: 'secret-of-this-test' })
  vendor.next.push(json({ ...responseAnswer, instructions: 'secret-of-this-test' }))
  const read = await clientOf(fixture).responses.retrieve('resp_1')
  expect(read.instructions).toBe('[key]')
})

test('a stored answer as a stream, and what is no id, are refused before a vendor is asked', async () => {
  await using fixture = await fixtureOf({ keeper: {} })
  const streamed = clientOf(fixture).responses.retrieve('resp_1', { stream: true })
  await expect(streamed).rejects.toMatchObject({ status: 400, param: 'stream' })
  for (const id of ['%2e%2e%2fmodels', 'a%2fb', 'a%3fb'])
    expect((await fetch(`${fixture.origin}/v1/responses/${id}`)).status).toBe(400)
  expect(vendor.calls).toHaveLength(0)
})

test('stored answers are served in all forms of their path, with an id of any usual length', async () => {
  await using fixture = await fixtureOf({ keeper: {} })
  const id = `resp_${'a'.repeat(295)}`
  for (const path of [
    `/responses/${id}`,
    `/openai/v1/responses/${id}/`,
    `/openai/responses/${id}?api-version=1`,
  ]) {
    vendor.next.push(json(responseAnswer))
    const response = await fetch(`${fixture.origin}${path}`)
    expect([path, response.status, await response.json()]).toEqual([path, 200, responseAnswer])
  }
  expect(new Set(askedFrom(0))).toEqual(new Set([`GET /v1/responses/${id} key-keeper`]))
})

test('a deletion may be answered with nothing, and what is no answer is a failure', async () => {
  await using fixture = await fixtureOf({ keeper: {} })
  const { responses } = clientOf(fixture)
  vendor.next.push(
    (_, response) => response.writeHead(204).end(),
    (_, response) => response.writeHead(200).end('<html>'),
  )
  await responses.delete('resp_1')
  expect(vendor.calls[0]?.headers['content-type']).toBeUndefined()
  const denied = responses.retrieve('resp_1')
  await expect(denied).rejects.toMatchObject({ status: 424, code: 'vendor_failed' })
})

test.each(['DELETE', 'PUT'])('the memory of a body that %s does not need is returned', async method => {
  await using fixture = await fixtureOf({ keeper: {}, second: {} }, { QUOTA_GATEWAY_MEMORY_BYTES: '1048576' })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ text: 'x'.repeat(100_000) })
  for (let count = 0; count < 8; count++) {
    const response = await fetch(`${fixture.origin}/v1/responses/resp_1`, { method, headers, body })
    expect([count, response.status]).toEqual([count, 404])
    await response.text()
  }
})
