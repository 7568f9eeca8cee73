import { expect, test } from 'vitest'
import { chooseModels } from './choose-models.js'

test('pins of names that are served, and models that do not chat by their names, are not offered', () => {
  const served = [
    'fast',
    'llama-3',
    'groq/llama-3',
    'groq_1/llama-3',
    'openai/gpt-oss-120b',
    'groq/openai/gpt-oss-120b',
    'whisper-large-v3',
    'text-embedding-3-small',
    'llama-guard-4',
  ]
  expect(chooseModels(served, { wanted: [] })).toEqual({
    models: ['fast', 'llama-3', 'openai/gpt-oss-120b'],
    leftOut: 0,
    unlisted: [],
  })
})

test('what a client prefers comes first, and what was asked for is taken as it is', () => {
  const served = ['fast', 'claude-sonnet-5']
  expect(chooseModels(served, { wanted: [], prefers: /^claude/ }).models).toEqual(['claude-sonnet-5', 'fast'])
  expect(chooseModels(served, { wanted: ['groq/x', 'fast'] })).toEqual({
    models: ['groq/x', 'fast'],
    leftOut: 0,
    unlisted: ['groq/x'],
  })
})

test('a menu is bounded, and says how many it leaves out', () => {
  const served = Array.from({ length: 53 }, (_, index) => `m${index}`)
  const { models, leftOut } = chooseModels(served, { wanted: [] })
  expect([models.length, leftOut]).toEqual([50, 3])
})
