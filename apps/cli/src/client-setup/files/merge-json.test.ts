import { parse } from 'jsonc-parser'
import { expect, test } from 'vitest'
import { mergeJson } from './merge-json.js'

test('comments, order, trailing commas and indentation stay', () => {
  const before = `{
    // how it looks
    "theme": "One Dark", /* dark */
    "language_models": {
        "ollama": {
            "api_url": "http://127.0.0.1:11434" // here
        },
    },
    "list": [1,2],
}
`
  const merged = mergeJson(before, [
    { path: ['language_models', 'mine', 'api_url'], value: 'http://127.0.0.1:4100/v1' },
    { path: ['theme'], value: 'Other', onlyIfAbsent: true },
  ])
  expect(merged).toContain('// how it looks\n    "theme": "One Dark", /* dark */')
  expect(merged).toContain('"api_url": "http://127.0.0.1:11434" // here')
  expect(merged).toContain('    "list": [1,2],')
  expect(merged).toMatch(/^ {8}"mine": \{$/m)
  expect(parse(merged, [], { allowTrailingComma: true })).toEqual({
    theme: 'One Dark',
    language_models: {
      ollama: { api_url: 'http://127.0.0.1:11434' },
      mine: { api_url: 'http://127.0.0.1:4100/v1' },
    },
    list: [1, 2],
  })
})

test('an entry is appended once, and one that was changed by hand stays', () => {
  const add = (text: string | null, name: string) =>
    mergeJson(text, [{ path: ['models'], entry: { name, max_tokens: 1 }, identity: 'name' }])
  const one = add(null, 'a')
  const changed = one.replace('"max_tokens": 1', '"max_tokens": 200')
  const two = add(add(changed, 'a'), 'b')
  expect(JSON.parse(two)).toEqual({
    models: [
      { name: 'a', max_tokens: 200 },
      { name: 'b', max_tokens: 1 },
    ],
  })
})

test('what is set already changes nothing', () => {
  const before = '{"env":{"A":"x"}}'
  expect(mergeJson(before, [{ path: ['env', 'A'], value: 'x' }])).toBe(before)
})

test.each([
  ['{ "a": }', /^1:8: ValueExpected/],
  ['[]', /ObjectExpected/],
  ['{\n  "env": "text"\n}', /"env" holds something else/],
])('%j is refused and not overwritten', (before, reason) => {
  try {
    mergeJson(before, [{ path: ['env', 'A'], value: 'x' }])
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError)
    expect((error as Error).message).toMatch(reason)
  }
})
