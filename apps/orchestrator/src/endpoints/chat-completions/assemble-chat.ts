import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { emptyMerged, type Merged, mergeDelta } from './merge-delta.js'

/** Fields of an event that are not copied unchanged. */
const ownFields: ReadonlySet<string> = new Set(['choices', 'object', 'error', 'x_groq'])

/** Accumulates the events of a stream to a whole chat completion with all choices, in order. */
export function assembleChat(events: readonly unknown[]): unknown {
  const completion = emptyMerged()
  const choices = new Map<number, Merged>()
  for (const event of events.filter(isObject)) {
    for (const [field, value] of Object.entries(event)) {
      if (!ownFields.has(field)) completion[field] = value ?? completion[field] ?? null
    }
    const usage = fieldOf(event['x_groq'], 'usage')
    if (isObject(usage)) completion['usage'] = usage
    for (const [place, choice] of elementsOf(event['choices']).entries()) addChoice(choices, choice, place)
  }
  const inOrder = [...choices].toSorted(([left], [right]) => left - right)
  return {
    ...completion,
    object: 'chat.completion',
    choices: inOrder.map(([index, choice]) => wholeChoice(index, choice)),
  }
}

function addChoice(choices: Map<number, Merged>, choice: unknown, place: number): void {
  if (!isObject(choice)) return
  const { index, delta, message, finish_reason: reason, ...rest } = choice
  const key = typeof index === 'number' ? index : place
  const merged = choices.get(key) ?? emptyMerged()
  choices.set(key, merged)
  // Some vendors send a whole message as their only event.
  mergeDelta(merged, { message: delta ?? message, logprobs: rest['logprobs'] })
  for (const [field, value] of Object.entries(rest)) {
    if (field !== 'logprobs') merged[field] = value ?? merged[field] ?? null
  }
  if (typeof reason === 'string' && reason !== '') merged['finish_reason'] = reason
}

function wholeChoice(index: number, { message, finish_reason: reason, ...rest }: Merged): unknown {
  const { tool_calls: calls, ...said } = isObject(message) ? message : {}
  const called = Array.isArray(calls) ? { tool_calls: calls.map(withoutIndex) } : {}
  return {
    index,
    message: { role: 'assistant', content: null, ...withoutNullRole(said), ...called },
    ...rest,
    finish_reason: reason ?? null,
  }
}

function withoutNullRole(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { role, ...rest } = message
  return role === null || role === '' ? rest : message
}

/** Removes the index of a call, which only streams have. */
function withoutIndex(call: unknown): unknown {
  if (!isObject(call)) return call
  const { index: _, ...rest } = call
  return rest
}
