import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { beforeAll, expect, test } from 'vitest'
import type { Fixture } from '../fixture.js'
import { sharedTestApi, type TestApi } from '../test-api.js'
import { callsWeather, startSpentKey, startTwoKeys, weatherParameters } from './two-keys.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

function modelOf({ origin, model }: Fixture): ChatOpenAI {
  return new ChatOpenAI({
    model,
    apiKey: 'unused',
    configuration: { baseURL: `${origin}/v1` },
    useResponsesApi: false,
    maxRetries: 0,
  })
}

test('text comes whole and streamed, from the key that has room', async () => {
  await using fixture = await startTwoKeys(api)
  const whole = await modelOf(fixture).invoke('Say hello.')
  expect(whole.text).toBe('The stand-in answers.')
  expect(whole).toMatchObject({ usage_metadata: { output_tokens: 6 } })
  let text = ''
  const reported: unknown[] = []
  for await (const chunk of await modelOf(fixture).stream('Say hello.')) {
    text += chunk.text
    reported.push(chunk.usage_metadata)
  }
  expect(text).toBe('The stand-in answers.')
  expect(reported).toContainEqual(expect.objectContaining({ output_tokens: 6 }))
  expect(fixture.vendor.calls.map(({ apiKey }) => apiKey)).toEqual(['key-a', 'key-a'])
})

test('a tool is called and its result answered, whole and streamed', async () => {
  await using fixture = await startTwoKeys(api)
  fixture.vendor.respondWith(callsWeather)
  const bound = modelOf(fixture).bindTools([
    { type: 'function', function: { name: 'weather', parameters: weatherParameters } },
  ])
  const question = new HumanMessage('How is it?')
  const first = await bound.invoke([question])
  expect(first.tool_calls).toMatchObject([{ id: 'call_1', name: 'weather', args: { city: 'Ghent' } }])
  const second = await bound.invoke([
    question,
    first,
    new ToolMessage({ content: 'sunny', tool_call_id: 'call_1' }),
  ])
  expect(second.text).toBe('It is sunny.')
  const chunks = []
  for await (const chunk of await bound.stream([question])) chunks.push(chunk)
  const streamed = chunks.reduce((sum, chunk) => sum.concat(chunk))
  expect(streamed.tool_calls).toMatchObject([{ id: 'call_1', name: 'weather', args: { city: 'Ghent' } }])
})

test('an abort in mid-stream ends the call at the vendor', async () => {
  await using fixture = await startTwoKeys(api)
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: 'word '.repeat(500), chunkDelayMs: 20 }))
  const controller = new AbortController()
  const reading = (async () => {
    for await (const chunk of await modelOf(fixture).stream('Go on.', { signal: controller.signal }))
      if (chunk.text !== '') controller.abort()
  })()
  await expect(reading).rejects.toThrow()
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
})

test('with no key left, the error has the status and names the key', async () => {
  await using fixture = await startSpentKey(api)
  await expect(modelOf(fixture).invoke('Say hello.')).rejects.toMatchObject({
    status: 429,
    message: expect.stringContaining(fixture.nameOf('a')),
  })
  expect(fixture.vendor.calls).toHaveLength(0)
})

test('embeddings work, in the base64 that the client asks for', async () => {
  await using fixture = await startTwoKeys(api, {})
  const vector = Buffer.from(new Float32Array([0.25, -0.5, 1]).buffer).toString('base64')
  fixture.vendor.respondWith(({ body }) => ({
    kind: 'answer',
    httpStatus: body['encoding_format'] === 'base64' ? 200 : 400,
    body: { object: 'list', data: [{ object: 'embedding', index: 0, embedding: vector }] },
  }))
  const embeddings = new OpenAIEmbeddings({
    model: fixture.model,
    apiKey: 'unused',
    configuration: { baseURL: `${fixture.origin}/v1` },
  })
  expect(await embeddings.embedQuery('hello')).toEqual([0.25, -0.5, 1])
})
