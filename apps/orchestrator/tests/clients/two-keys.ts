import type { Reaction, VendorCall } from '@quotakeeper/test-kit'
import { type Fixture, type FixtureKey, requestsPerDay, startFixture } from '../fixture.js'
import type { TestApi } from '../test-api.js'

/** Two keys of one vendor, `spent` and `a`: the first has used its quota of the day. */
export async function startTwoKeys(api: TestApi, key: FixtureKey = { vendor: 'groq' }): Promise<Fixture> {
  const fixture = await startFixture(api, { keys: { spent: { ...key, limits: requestsPerDay(1) }, a: key } })
  await spend(api, fixture, 'spent')
  return fixture
}

/** One key, which has used its quota of the day. */
export async function startSpentKey(api: TestApi): Promise<Fixture> {
  const fixture = await startFixture(api, { keys: { a: { vendor: 'groq', limits: requestsPerDay(1) } } })
  await spend(api, fixture, 'a')
  return fixture
}

async function spend(api: TestApi, fixture: Fixture, key: string): Promise<void> {
  await api.client.usage.record.mutate({ providerName: fixture.nameOf(key), requestCount: 1 })
}

/** The function that `callsWeather` has the client call, in the form of chat completions. */
export const weatherParameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
} as const

/** A vendor whose model calls `weather` with a city, and answers in words once it has the result. */
export function callsWeather(call: VendorCall): Reaction {
  const messages = call.body['messages']
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined
  const isResult = typeof last === 'object' && last !== null && 'role' in last && last.role === 'tool'
  if (isResult) return { kind: 'complete', text: `It is ${'content' in last ? last.content : ''}.` }
  const usage = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }
  const about = { id: 'c', created: 1, model: call.model }
  if (call.body['stream'] !== true) {
    const made = {
      id: 'call_1',
      type: 'function',
      function: { name: 'weather', arguments: '{"city":"Ghent"}' },
    }
    const message = { role: 'assistant', content: null, tool_calls: [made] }
    const choices = [{ index: 0, message, finish_reason: 'tool_calls' }]
    return { kind: 'answer', httpStatus: 200, body: { ...about, object: 'chat.completion', choices, usage } }
  }
  const chunk = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  const piece = (made: object) => ({ tool_calls: [{ index: 0, ...made }] })
  return {
    kind: 'pieces',
    headers: { 'content-type': 'text/event-stream' },
    pieces: [
      chunk({ role: 'assistant', content: null }),
      chunk(piece({ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } })),
      chunk(piece({ function: { arguments: '{"city":' } })),
      chunk(piece({ function: { arguments: '"Ghent"}' } })),
      chunk({}, 'tool_calls'),
      `data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
      'data: [DONE]\n\n',
    ],
  }
}
