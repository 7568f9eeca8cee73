import { expect, test } from 'vitest'
import { translateRequest } from '../index.js'

const given = { path: 'a.ts' }
const target = { vendor: 'groq' }
const chat = (args: unknown) => ({
  model: 'm',
  messages: [{ role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'read', arguments: args } }] }],
})
const responses = (args: unknown) => ({
  model: 'm',
  input: [{ type: 'function_call', call_id: 'c', name: 'read', arguments: args }],
})
const messages = (input: unknown) => ({
  model: 'm',
  max_tokens: 9,
  messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'read', input }] }],
})

test.each([
  ['chat', chat],
  ['responses', responses],
  ['messages', messages],
] as const)('arguments of a call are carried over from %s as an object and as its text', (from, bodyOf) => {
  for (const to of ['chat', 'responses', 'messages'] as const) {
    if (from === to) continue
    const written = (args: unknown): string => {
      const translated = translateRequest({ from, to, body: bodyOf(args), target })
      return JSON.stringify(translated.ok ? translated.request : translated)
    }
    expect(written(given)).toBe(written(JSON.stringify(given)))
    expect(written(given)).toContain('a.ts')
    expect(written(null)).toBe(written({}))
    expect(written([1])).toBe(written({}))
  }
})
