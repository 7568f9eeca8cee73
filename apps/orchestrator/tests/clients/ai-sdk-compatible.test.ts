import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, stepCountIs, streamText, tool } from 'ai'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { Fixture } from '../fixture.js'
import { sharedTestApi, type TestApi } from '../test-api.js'
import { callsWeather, startSpentKey, startTwoKeys } from './two-keys.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

function modelOf({ origin, model }: Fixture) {
  return createOpenAICompatible({ name: 'quotakeeper', baseURL: `${origin}/v1`, includeUsage: true })(model)
}

const weather = tool({
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }: { city: string }) => `sunny in ${city}`,
})

test('text comes whole and streamed, from the key that has room', async () => {
  await using fixture = await startTwoKeys(api)
  const { text, usage, response } = await generateText({ model: modelOf(fixture), prompt: 'Say hello.' })
  expect([text, (usage.outputTokens ?? 0) > 0]).toEqual(['The stand-in answers.', true])
  expect(response.headers?.['x-quotakeeper-provider']).toBe(fixture.nameOf('a'))
  const streamed = streamText({ model: modelOf(fixture), prompt: 'Say hello.' })
  let all = ''
  for await (const part of streamed.textStream) all += part
  expect([all, await streamed.finishReason]).toEqual(['The stand-in answers.', 'stop'])
  expect((await streamed.usage).outputTokens).toBeGreaterThan(0)
  expect(fixture.vendor.calls.map(({ apiKey }) => apiKey)).toEqual(['key-a', 'key-a'])
  const rows = await fixture.ledgerOf('a')
  expect(rows.map(({ outcome, estimated }) => [outcome, estimated])).toEqual([
    ['succeeded', false],
    ['succeeded', false],
  ])
})

test('a tool is called and its result answered, whole and streamed', async () => {
  await using fixture = await startTwoKeys(api)
  fixture.vendor.respondWith(callsWeather)
  const asked = {
    model: modelOf(fixture),
    prompt: 'How is it?',
    tools: { weather },
    stopWhen: stepCountIs(3),
  }
  const { text, steps } = await generateText(asked)
  expect(text).toBe('It is sunny in Ghent.')
  expect(steps[0]?.toolCalls).toMatchObject([{ toolName: 'weather', input: { city: 'Ghent' } }])
  const streamed = streamText(asked)
  expect(await streamed.text).toBe('It is sunny in Ghent.')
  expect((await streamed.steps)[0]?.toolCalls).toMatchObject([
    { toolName: 'weather', input: { city: 'Ghent' } },
  ])
  expect(fixture.vendor.calls.map(({ apiKey }) => apiKey)).toEqual(Array(4).fill('key-a'))
})

test('an abort in mid-stream ends the call at the vendor', async () => {
  await using fixture = await startTwoKeys(api)
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: 'word '.repeat(500), chunkDelayMs: 20 }))
  const controller = new AbortController()
  const streamed = streamText({
    model: modelOf(fixture),
    prompt: 'Go on.',
    abortSignal: controller.signal,
  })
  for await (const part of streamed.textStream) if (part !== '') break
  controller.abort()
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'aborted', estimated: true }])
})

test('with no key left, the error has the status and names the key', async () => {
  await using fixture = await startSpentKey(api)
  const error = await generateText({ model: modelOf(fixture), prompt: 'Say hello.', maxRetries: 0 }).catch(
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ statusCode: 429 })
  expect(String(error)).toContain(fixture.nameOf('a'))
  const errors: unknown[] = []
  const streamed = streamText({
    model: modelOf(fixture),
    prompt: 'Say hello.',
    maxRetries: 0,
    onError: ({ error: reason }) => {
      errors.push(reason)
    },
  })
  await streamed.consumeStream()
  expect(errors).toMatchObject([{ statusCode: 429 }])
  expect(fixture.vendor.calls).toHaveLength(0)
})
