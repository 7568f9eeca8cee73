import { elementsOf, fieldOf, isObject } from '../../json-value.js'

/**
 * Splits a whole chat completion into stream events: role, content and finish reason of each choice, and the usage if
 * requested.
 */
export function splitChat(answer: unknown, wantsUsage: boolean): readonly unknown[] {
  const { choices, usage, ...rest } = isObject(answer) ? answer : {}
  const event = (of: readonly unknown[], more: object = {}): unknown => ({
    ...rest,
    object: 'chat.completion.chunk',
    choices: of,
    ...more,
  })
  const events = elementsOf(choices).flatMap((choice, place) =>
    splitChoice(choice, place).map(part => event([part])),
  )
  return wantsUsage && isObject(usage) ? [...events, event([], { usage })] : events
}

function splitChoice(choice: unknown, place: number): readonly unknown[] {
  const {
    index = place,
    message,
    finish_reason: reason,
    logprobs = null,
    ...rest
  } = isObject(choice) ? choice : {}
  const { role, ...said } = isObject(message) ? message : {}
  const calls = elementsOf(said['tool_calls']).map((call, callIndex) =>
    isObject(call) ? { index: callIndex, ...call } : call,
  )
  const delta = calls.length === 0 ? withoutCalls(said) : { ...said, tool_calls: calls }
  const usual = calls.length === 0 ? 'stop' : 'tool_calls'
  const isReported = typeof reason === 'string' && reason !== ''
  return [
    { index, delta: { role: role ?? 'assistant', content: '' }, logprobs: null, finish_reason: null },
    { index, delta, logprobs, finish_reason: null },
    { index, delta: {}, ...rest, logprobs: null, finish_reason: isReported ? reason : usual },
  ]
}

function withoutCalls(message: Readonly<Record<string, unknown>>): unknown {
  const { tool_calls: _, ...rest } = message
  return fieldOf(rest, 'content') === null ? { ...rest, content: '' } : rest
}
