import Groq, { APIUserAbortError, RateLimitError, toFile } from 'groq-sdk'
import { beforeAll, expect, test } from 'vitest'
import type { Fixture } from '../fixture.js'
import { startRecordedVendor } from '../recorded-vendor.js'
import { sharedTestApi, type TestApi } from '../test-api.js'
import { callsWeather, startSpentKey, startTwoKeys, weatherParameters } from './two-keys.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

/** Groq's client has `/openai/v1` in its paths: its base is the gateway's address alone. */
function clientOf({ origin }: Fixture): Groq {
  return new Groq({ baseURL: origin, apiKey: 'unused', maxRetries: 0 })
}

const messages = [{ role: 'user' as const, content: 'Say hello.' }]

test('chat comes whole and streamed, from the key that has room', async () => {
  await using fixture = await startTwoKeys(api)
  const client = clientOf(fixture)
  const { model } = fixture
  const { data, response } = await client.chat.completions.create({ model, messages }).withResponse()
  expect(data.choices[0]?.message.content).toBe('The stand-in answers.')
  expect(response.headers.get('x-quotakeeper-provider')).toBe(fixture.nameOf('a'))
  let text = ''
  for await (const { choices } of await client.chat.completions.create({ model, messages, stream: true }))
    text += choices[0]?.delta.content ?? ''
  expect(text).toBe('The stand-in answers.')
  expect(fixture.vendor.calls.map(({ apiKey, path }) => [apiKey, path])).toEqual(
    Array(2).fill(['key-a', '/v1/chat/completions']),
  )
})

test('a tool is called and its result answered, whole and streamed', async () => {
  await using fixture = await startTwoKeys(api)
  fixture.vendor.respondWith(callsWeather)
  const client = clientOf(fixture)
  const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: weatherParameters } }]
  const asked = { model: fixture.model, messages, tools }
  const first = (await client.chat.completions.create(asked)).choices[0]
  const call = first?.message.tool_calls?.[0]
  expect([first?.finish_reason, call?.function]).toEqual([
    'tool_calls',
    { name: 'weather', arguments: '{"city":"Ghent"}' },
  ])
  const result = { role: 'tool' as const, tool_call_id: call?.id ?? '', content: 'sunny' }
  const history = [
    ...messages,
    { role: 'assistant' as const, tool_calls: [call ?? expect.unreachable()] },
    result,
  ]
  const second = await client.chat.completions.create({ ...asked, messages: history })
  expect(second.choices[0]?.message.content).toBe('It is sunny.')
  let text = ''
  for await (const { choices } of await client.chat.completions.create({ ...asked, stream: true }))
    text += choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? ''
  expect(text).toBe('{"city":"Ghent"}')
})

test('an abort ends the call at the vendor', async () => {
  await using fixture = await startTwoKeys(api)
  fixture.vendor.respondWith(() => ({ kind: 'hang' }))
  const controller = new AbortController()
  const asking = clientOf(fixture).chat.completions.create(
    { model: fixture.model, messages },
    { signal: controller.signal },
  )
  await fixture.vendor.until(calls => calls.length === 1)
  controller.abort()
  await expect(asking).rejects.toBeInstanceOf(APIUserAbortError)
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
})

test('a spent quota is a RateLimitError that names the key, and none of its repeats reaches the vendor', async () => {
  await using fixture = await startSpentKey(api)
  const client = new Groq({ baseURL: fixture.origin, apiKey: 'unused' })
  const error = await client.chat.completions
    .create({ model: fixture.model, messages })
    .catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RateLimitError)
  expect(String(error)).toContain(fixture.nameOf('a'))
  expect(fixture.vendor.calls).toHaveLength(0)
})

test('a transcription sends its file before the model, and reaches the key that has room', async () => {
  await using vendor = await startRecordedVendor((_, response) => {
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ text: 'hello', x_groq: { id: 'req_1' } }))
  })
  await using fixture = await startTwoKeys(api, { vendor: 'groq', baseUrl: vendor.baseUrl })
  const sound = Buffer.alloc(100_000, 0xfa)
  const file = await toFile(sound, 'a.mp3')
  const { text } = await clientOf(fixture).audio.transcriptions.create({ file, model: fixture.model })
  expect(text).toBe('hello')
  expect(vendor.calls.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ['/v1/audio/transcriptions', 'Bearer key-a'],
  ])
  expect(vendor.calls[0]?.body.includes(sound)).toBe(true)
})

test('its list of models is the gateway’s', async () => {
  await using fixture = await startTwoKeys(api)
  const { data } = await clientOf(fixture).models.list()
  expect(data.map(({ id }) => id)).toContain(fixture.model)
})
