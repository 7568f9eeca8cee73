import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
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

/** A vendor of chat completions alone: what the client speaks is translated. */
const chatOnly = { endpoints: ['chat/completions'] }

/** The formats that the AI SDK's packages choose by themselves. */
const dialects = [
  {
    title: '@ai-sdk/openai, which speaks Responses',
    // Otherwise it sends references to items that it takes the vendor to keep.
    providerOptions: { openai: { store: false } },
    modelOf: ({ origin, model }: Fixture) =>
      createOpenAI({ baseURL: `${origin}/v1`, apiKey: 'unused' })(model),
  },
  {
    title: '@ai-sdk/anthropic, which speaks Messages',
    providerOptions: {},
    modelOf: ({ origin, model }: Fixture) =>
      createAnthropic({ baseURL: `${origin}/v1`, apiKey: 'unused' })(model),
  },
]

const weather = tool({
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }: { city: string }) => `sunny in ${city}`,
})

test.each(dialects)(
  '$title: text comes whole and streamed, from the key that has room',
  async ({ modelOf }) => {
    await using fixture = await startTwoKeys(api, chatOnly)
    const { text, usage } = await generateText({ model: modelOf(fixture), prompt: 'Say hello.' })
    expect([text, (usage.outputTokens ?? 0) > 0]).toEqual(['The stand-in answers.', true])
    const streamed = streamText({ model: modelOf(fixture), prompt: 'Say hello.' })
    expect([await streamed.text, await streamed.finishReason]).toEqual(['The stand-in answers.', 'stop'])
    expect(fixture.vendor.calls.map(({ apiKey }) => apiKey)).toEqual(['key-a', 'key-a'])
  },
)

test.each(dialects)(
  '$title: a tool is called and its result answered, whole and streamed',
  async ({ modelOf, providerOptions }) => {
    await using fixture = await startTwoKeys(api, chatOnly)
    fixture.vendor.respondWith(callsWeather)
    const asked = {
      model: modelOf(fixture),
      prompt: 'How is it?',
      tools: { weather },
      stopWhen: stepCountIs(3),
      providerOptions,
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
  },
)

test.each(dialects)('$title: an abort in mid-stream ends the call at the vendor', async ({ modelOf }) => {
  await using fixture = await startTwoKeys(api, chatOnly)
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: 'word '.repeat(500), chunkDelayMs: 20 }))
  const controller = new AbortController()
  const streamed = streamText({ model: modelOf(fixture), prompt: 'Go on.', abortSignal: controller.signal })
  for await (const part of streamed.textStream) if (part !== '') break
  controller.abort()
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
})

test.each(dialects)(
  '$title: with no key left, the error has the status and names the key',
  async ({ modelOf }) => {
    await using fixture = await startSpentKey(api)
    const asking = generateText({ model: modelOf(fixture), prompt: 'Say hello.', maxRetries: 0 })
    await expect(asking).rejects.toMatchObject({
      statusCode: 429,
      message: expect.stringContaining(fixture.nameOf('a')),
    })
    expect(fixture.vendor.calls).toHaveLength(0)
  },
)
