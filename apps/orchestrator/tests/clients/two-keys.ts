import type { Reaction, VendorCall } from '@quotakeeper/test-kit'
import { type FixtureKey, requestsPerDay } from '../fixture.js'

/** Two keys of one vendor, the first of which is spent. */
export function oneIsSpent(
  key: FixtureKey = { vendor: 'groq' },
): Readonly<Record<'spent' | 'a', FixtureKey>> {
  return { spent: { ...key, limits: requestsPerDay(0) }, a: key }
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
