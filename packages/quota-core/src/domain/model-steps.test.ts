import { expect, test } from 'vitest'
import { modelSteps } from './model-steps.js'

const providers = [
  { name: 'groq_1', vendor: 'groq', models: ['llama-*', 'groq/compound'] },
  { name: 'groq_2', vendor: 'groq', models: ['*'] },
  { name: 'gemini_1', vendor: 'gemini', models: ['gemini-*'] },
]
const aliases = new Map([
  ['fast', ['groq_1/llama-8b', 'gemini-flash', 'fast']],
  ['constructor', ['gemini-flash']],
])
const steps = (name: string) =>
  modelSteps(name, { aliases, providers }).map(
    step =>
      `${step.model}: ${step.providers.map(provider => provider.name).join(' ')}${step.onlyIfUnknown ? ' (if unknown)' : ''}`,
  )

test.each([
  ['llama-8b', ['llama-8b: groq_1 groq_2']],
  ['groq_1/llama-8b', ['llama-8b: groq_1']],
  ['groq_1/other', []],
  ['groq/llama-8b', ['llama-8b: groq_1 groq_2', 'groq/llama-8b: groq_2 (if unknown)']],
  ['groq/compound', ['compound: groq_2', 'groq/compound: groq_1 groq_2 (if unknown)']],
  ['openai/gpt-oss', ['openai/gpt-oss: groq_2']],
  ['gemini/llama-8b', ['gemini/llama-8b: groq_2']],
  ['/x', ['/x: groq_2']],
  ['fast', ['llama-8b: groq_1', 'gemini-flash: groq_2 gemini_1', 'fast: groq_2']],
  ['constructor', ['gemini-flash: groq_2 gemini_1']],
  ['toString', ['toString: groq_2']],
])('%s is resolved in order, an alias once', (name, expected) => {
  expect(steps(name)).toEqual(expected)
})
