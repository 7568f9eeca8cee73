import { expect, test } from 'vitest'
import { servesModel } from './serves-model.js'

test.each([
  ['*', 'any/model', true],
  ['llama-*', 'llama-3.1-8b', true],
  ['llama-*', 'my-llama-3', false],
  ['*-instant', 'llama-instant', true],
  ['openai/*', 'openai/gpt-oss-120b', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'acb', false],
  ['ab*bc', 'abc', false],
  ['ab*bc', 'abbc', true],
  ['exact', 'exact', true],
  ['exact', 'Exact', false],
  ['a.c', 'abc', false],
  ['a*b*b', 'ab', false],
])('%s names %s: %s', (glob, model, names) => {
  expect(servesModel([glob], model)).toBe(names)
})

test('a pattern made to be slow is not', () => {
  const startMs = performance.now()
  expect(servesModel(['a*'.repeat(99)], 'a'.repeat(199))).toBe(true)
  expect(servesModel([`${'a*'.repeat(99)}b`], 'a'.repeat(199))).toBe(false)
  expect(performance.now() - startMs).toBeLessThan(50)
})
