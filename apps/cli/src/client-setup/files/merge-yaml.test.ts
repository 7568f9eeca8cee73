import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { mergeYaml } from './merge-yaml.js'

const list = {
  key: 'models',
  identity: 'name',
  entries: [{ name: 'fast (Quotakeeper)', provider: 'openai', model: 'fast' }],
}

test('comments, order and other entries stay', () => {
  const before = `# mine
name: Work # at work
version: 2.0.0
models:
  # the local one
  - name: Local
    provider: ollama
    model: qwen3
rules:
  - Be brief
`
  const merged = mergeYaml(before, { defaults: { name: 'My Config', schema: 'v1' }, list })
  for (const line of before.trimEnd().split('\n')) expect(merged.split('\n')).toContain(line)
  expect(parse(merged)).toEqual({
    name: 'Work',
    version: '2.0.0',
    schema: 'v1',
    models: [{ name: 'Local', provider: 'ollama', model: 'qwen3' }, ...list.entries],
    rules: ['Be brief'],
  })
  expect(mergeYaml(merged, { list })).toBe(merged)
})

test('an entry of ours is changed where it stands, with what was added by hand', () => {
  const before = 'models:\n  - name: fast (Quotakeeper)\n    model: old\n    roles: [chat]\n'
  expect(parse(mergeYaml(before, { list })).models).toEqual([
    { name: 'fast (Quotakeeper)', model: 'fast', roles: ['chat'], provider: 'openai' },
  ])
})

test.each([
  ['a: [1', /^1:\d+: [A-Z_]+$|^2:\d+: [A-Z_]+$/],
  ['- a\n', /a map is expected/],
  ['models: text\n', /"models" holds something else than a list/],
])('%j is refused and not overwritten', (before, reason) => {
  try {
    mergeYaml(before, { list })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError)
    expect((error as Error).message).toMatch(reason)
  }
})
