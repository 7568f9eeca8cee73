import { expect, test } from 'vitest'
import { jsonCharacters } from '../../json-value.js'
import { grantedOutputTokens, reservationFor } from '../../settlement/reservation.js'
import { chatAnswerCharacters } from './answer-characters.js'
import { chatPromptCharacters } from './prompt-characters.js'
import { requestedOutput } from './requested-output.js'

test('a prompt is the text of its messages, the functions called and the definitions', () => {
  const messages = [
    { role: 'system', content: 'abc' },
    { role: 'user', content: [{ type: 'text', text: '😀😀' }, 'xy'] },
    { role: 'assistant', content: null, tool_calls: [{ id: 'i', function: { name: 'f', arguments: '{}' } }] },
  ]
  expect(chatPromptCharacters({ messages })).toBe(3 + 4 + 3)
  const tools = [{ type: 'function', function: { name: 'f' } }]
  const ofTools = chatPromptCharacters({ messages, tools }) - chatPromptCharacters({ messages })
  expect(Math.abs(ofTools - JSON.stringify(tools).length)).toBeLessThan(8)
})

test('an image counts what a large image costs, not the length of its text', () => {
  const url = `data:image/png;base64,${'A'.repeat(1_000_000)}`
  const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }]
  expect(chatPromptCharacters({ messages })).toBe(4_096)
})

test('a body that is no chat request has no prompt', () => {
  for (const body of [null, 1, 'x', [], {}, { messages: 'x' }, { messages: [null, 7, [], { content: 3 }] }]) {
    expect(chatPromptCharacters(body)).toBe(0)
    expect(chatAnswerCharacters(body)).toBe(0)
  }
})

test('a value of any depth is measured', () => {
  let deep: unknown = 'x'
  for (let depth = 0; depth < 100_000; depth++) deep = [deep]
  expect(jsonCharacters(deep)).toBe(200_003)
  expect(jsonCharacters(deep, 100)).toBe(100)
})

test('an answer is the text, reasoning and called functions of all its choices', () => {
  const choices = [
    { message: { content: 'ab', reasoning_content: 'c' } },
    { message: { content: null, refusal: 'no', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] } },
  ]
  expect(chatAnswerCharacters({ choices })).toBe(3 + 5)
})

test('reasoning that a vendor gives in several places counts once, the fullest of them', () => {
  const details = [{ type: 'reasoning.text', text: 'abc' }, { summary: 'de' }, { data: 'A'.repeat(100) }]
  for (const [message, characters] of [
    [{ reasoning_details: details }, 5],
    [{ reasoning: 'abcdef', reasoning_details: details }, 6],
    [{ reasoning: 'abcde', reasoning_content: '' }, 5],
    [{ reasoning_content: 'abcd', reasoning: 'abcd' }, 4],
  ] as const)
    expect(chatAnswerCharacters({ choices: [{ message }] })).toBe(characters)
})

test('what is said as a sound counts by its transcript', () => {
  const audio = { id: 'a', transcript: 'hello', data: 'A'.repeat(100) }
  expect(chatAnswerCharacters({ choices: [{ message: { content: null, audio } }] })).toBe(5)
})

test('what is given to a function counts as JSON text where it is no text', () => {
  const message = { tool_calls: [{ function: { name: 'f', arguments: { q: 'x'.repeat(1_000) } } }] }
  const characters = chatAnswerCharacters({ choices: [{ message }] })
  expect(Math.abs(characters - JSON.stringify({ q: 'x'.repeat(1_000) }).length)).toBeLessThan(8)
  expect(chatPromptCharacters({ messages: [message] })).toBe(characters)
})

test('texts in a part of any form count in full, whatever media stands beside them', () => {
  const text = 'one two '.repeat(10_000)
  const part = {
    type: 'thinking',
    thinking: [{ type: 'text', text }],
    image: `data:${'A'.repeat(1_000_000)}`,
  }
  expect(chatPromptCharacters({ messages: [{ role: 'assistant', content: [part] }] })).toBe(
    text.length + 'thinking'.length + 'text'.length,
  )
})

test('a custom tool counts like a function, in a prompt and in an answer', () => {
  const custom = { id: 'c', type: 'custom', custom: { name: 'apply_patch', input: '*** 😀' } }
  const message = { role: 'assistant', content: null, tool_calls: [custom] }
  expect(chatPromptCharacters({ messages: [message] })).toBe(11 + 5)
  expect(chatAnswerCharacters({ choices: [{ message }] })).toBe(11 + 5)
})

test.each([
  [{ max_tokens: 100 }, 100],
  [{ max_tokens: 100, max_completion_tokens: 50 }, 100],
  [{ max_tokens: 1, max_completion_tokens: 10_000 }, 10_000],
  [{ max_tokens: null, max_completion_tokens: 5 }, 5],
  [{ max_tokens: 5, max_completion_tokens: 'x' }, 5],
  [{ max_tokens: 0 }, 0],
  [{ max_tokens: 1e300 }, 1_000_000_000],
  [{ max_tokens: -1 }, null],
  [{ max_tokens: 1.5 }, null],
  [{ max_tokens: '7' }, null],
  [{}, null],
])('%j asks for at most %s tokens', (body, tokens) => {
  expect(requestedOutput(body)).toEqual({ maxTokens: tokens, answerCount: 1 })
})

test.each([
  [{ n: 5 }, 5],
  [{ n: 2, best_of: 7 }, 7],
  [{ n: 1e12 }, 1_000],
  [{ n: 0 }, 1],
  [{ n: -3 }, 1],
  [{ n: 2.5 }, 1],
  [{ n: '5' }, 1],
  [{ n: null }, 1],
  [null, 1],
])('%j asks for %i answers', (body, answers) => {
  expect(requestedOutput(body).answerCount).toBe(answers)
})

const policy = { reserveOutputTokens: 1_024, isStrict: false }
const counts = (tokens: number) => ({
  requestCount: 1,
  characterCount: 10 + 4 * tokens,
  inputTokenCount: 3,
  outputTokenCount: tokens,
  audioSecondCount: 0,
})

test.each([
  [null, 1, 1_024, 256],
  [4_096, 1, 1_024, 256],
  [500, 1, 500, 256],
  [100, 1, 100, 100],
  [0, 1, 0, 0],
  [200, 5, 1_000, 1_000],
  [4_096, 3, 3_072, 768],
  [null, 2, 2_048, 512],
])(
  'of max_tokens %s in %i answers, %i are reserved and %i insisted on',
  (maxTokens, answerCount, reserved, insisted) => {
    expect(reservationFor({ promptCharacters: 10, output: { maxTokens, answerCount } }, policy)).toEqual({
      ...counts(reserved),
      atLeast: counts(insisted),
    })
  },
)

test('strict: all of max_tokens is reserved, and the cap is what was granted in every unit', () => {
  const output = { maxTokens: 4_096, answerCount: 1 }
  const call = { promptCharacters: 10, output: { maxTokens: null, answerCount: 1 } }
  const reservation = reservationFor({ promptCharacters: 10, output }, { ...policy, isStrict: true })
  expect(reservation.outputTokenCount).toBe(4_096)
  expect(grantedOutputTokens(call, reservation)).toBe(4_096)
  expect(grantedOutputTokens(call, { ...reservation, outputTokenCount: 300 })).toBe(300)
  expect(grantedOutputTokens(call, { ...reservation, characterCount: 10 + 4 * 256 })).toBe(256)
})

test('strict: what was granted for several answers is divided among them', () => {
  const call = { promptCharacters: 10, output: { maxTokens: null, answerCount: 3 } }
  const reservation = reservationFor(
    { promptCharacters: 10, output: { maxTokens: 100, answerCount: 3 } },
    { ...policy, isStrict: true },
  )
  expect(reservation.outputTokenCount).toBe(300)
  expect(grantedOutputTokens(call, reservation)).toBe(100)
  expect(grantedOutputTokens(call, { ...reservation, outputTokenCount: 100 })).toBe(33)
  expect(grantedOutputTokens(call, { ...reservation, outputTokenCount: 1 })).toBe(1)
})
