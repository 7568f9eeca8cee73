import { describe, expect, it, test } from 'vitest'
import { coversPattern, isGlob, matchesGlob, matchesModel, servesModel } from './glob.js'

describe('a star matches any characters, and everything else itself', () => {
  test.each([
    ['*', 'llama-3.1-8b-instant'],
    ['llama-*', 'llama-3.3-70b-versatile'],
    ['llama-*', 'llama-'],
    ['*llama*', 'meta-llama/llama-4-scout'],
    ['openai/*', 'openai/gpt-oss-120b'],
    ['*:free', 'deepseek/r1:free'],
    ['a*b*c', 'a-b-b-c'],
    ['a**c', 'ac'],
    ['gpt-4.1', 'gpt-4.1'],
    ['*a*a', 'aa'],
  ])('%s matches %s', (pattern, model) => expect(matchesModel(pattern, model)).toBe(true))

  test.each([
    ['llama-*', 'meta/llama-3'],
    ['llama-*', 'LLAMA-3'],
    ['gpt-4.1', 'gpt-421'],
    ['gpt-4', 'gpt-4o'],
    ['a*a', 'a'],
    ['*ab*ab', 'ab'],
    ['a*b*c', 'a-c-b'],
    ['ab*bc', 'abc'],
    ['?', 'a'],
    ['[a-z]', 'a'],
    ['*', ''],
    ['', ''],
  ])('%s does not match %s', (pattern, model) => expect(matchesModel(pattern, model)).toBe(false))

  it('in linear time, whatever the pattern', () => {
    const pattern = `${'*a'.repeat(90)}*b`
    expect(matchesModel(pattern, 'a'.repeat(200))).toBe(false)
    expect(matchesModel(pattern, `${'a'.repeat(199)}b`)).toBe(true)
  })
})

describe('patterns and names', () => {
  test.each([
    ['groq_*', 'groq_1', true],
    ['groq', 'groq_1', false],
    ['g.oq*', 'groq_1', false],
    ['groq_?', 'groq_1', false],
    ['*', '', true],
    ['*_API_KEY', 'GROQ_API_KEY', true],
    ['a*b*b', 'ab', false],
    ['a*b*c', 'acb', false],
  ])('%s matches %j: %s', (pattern, text, matches) => expect(matchesGlob(pattern, text)).toBe(matches))

  it('are distinguished by a star', () => {
    expect(['llama-*', '*', 'llama-3', '', '?'].filter(isGlob)).toEqual(['llama-*', '*'])
  })
})

it('a provider serves what any of its patterns matches, and never the empty model', () => {
  expect(servesModel(['gpt-*', 'llama-3'], 'llama-3')).toBe(true)
  expect(servesModel(['gpt-*', 'llama-3'], 'llama-31')).toBe(false)
  expect(servesModel(['*'], '')).toBe(false)
  expect(servesModel([], 'llama-3')).toBe(false)
})

describe('patterns that provably cover a pattern', () => {
  test.each([
    ['*', 'llama-*', true],
    ['llama-*', 'llama-*', true],
    ['llama-*', 'llama-3', true],
    ['llama-3', 'llama-*', false],
    ['l*', 'llama-*', false],
  ])('%s covers %s: %s', (pattern, served, covers) => expect(coversPattern(pattern, served)).toBe(covers))
})
