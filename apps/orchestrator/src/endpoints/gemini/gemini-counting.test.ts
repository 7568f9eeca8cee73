import { expect, test } from 'vitest'
import { assembleGemini } from './assemble-gemini.js'
import { geminiAnswerCharacters, isGeminiAnswer } from './gemini-answer.js'
import { pathOf, readGeminiCall } from './gemini-call.js'
import { geminiNeeds, geminiOutput, geminiPromptCharacters } from './gemini-request.js'
import { geminiStream } from './gemini-stream.js'

const image = { inlineData: { mimeType: 'image/png', data: 'A'.repeat(1_000_000) } }

test('a prompt is its instruction, the parts of its contents and definitions, by either name of a field', () => {
  const contents = [
    { role: 'user', parts: [{ text: '😀😀' }, image] },
    { role: 'model', parts: [{ functionCall: { name: 'f', args: {} }, thoughtSignature: 'A'.repeat(900) }] },
    { role: 'user', parts: [{ function_response: { name: 'f', response: {} } }] },
  ]
  const instruction = { parts: [{ text: 'abc' }] }
  expect(geminiPromptCharacters({ systemInstruction: instruction, contents })).toBe(3 + 2 + 4_096 + 3 + 3)
  expect(geminiPromptCharacters({ system_instruction: instruction, tools: [] })).toBe(3 + 2)
  expect(geminiOutput({ generationConfig: { maxOutputTokens: 9, candidateCount: 3 } })).toEqual({
    maxTokens: 9,
    answerCount: 3,
  })
  expect(geminiOutput({ generation_config: { max_output_tokens: 9 } })).toEqual({
    maxTokens: 9,
    answerCount: 1,
  })
})

test('arguments that are streamed in pieces count, and may be redacted', () => {
  const partialArgs = [{ jsonPath: '$.q', stringValue: 'hello' }]
  const event = {
    candidates: [{ content: { parts: [{ functionCall: { partialArgs, willContinue: true } }] } }],
  }
  expect(geminiStream.countCharacters()(event)).toBe(2 + 5)
  geminiStream
    .textsOf(event)
    .find(({ text }) => text === 'hello')
    ?.replace('[key]')
  expect(JSON.stringify(event)).toContain('"stringValue":"[key]"')
})

test('a body that is no request or answer counts nothing', () => {
  const bodies = [null, 1, 'x', [], {}, { contents: 7 }, { contents: [null, { parts: [null, 7, {}] }] }]
  for (const body of [...bodies, { candidates: [] }, { candidates: [{}] }, { candidates: [null] }]) {
    expect(geminiPromptCharacters(body)).toBe(0)
    expect(geminiAnswerCharacters(body)).toBe(0)
    expect(geminiOutput(body)).toEqual({ maxTokens: null, answerCount: 1 })
    expect(geminiNeeds(body)).toEqual([])
    expect(isGeminiAnswer(body)).toBe(false)
    expect(geminiStream.hasContent(body)).toBe(false)
    expect(geminiStream.textsOf(body)).toEqual([])
  }
})

test('cached contents and uploaded files are needed, files of the web are not', () => {
  const uris = [
    'https://generativelanguage.googleapis.com/v1beta/files/abc',
    'https://www.youtube.com/watch?v=x',
    'gs://bucket/files/x',
  ]
  const parts = uris.map(fileUri => ({ fileData: { fileUri } }))
  const body = { cachedContent: 'cachedContents/c', contents: [{ parts }] }
  expect(geminiNeeds(body).map(({ id }) => id)).toEqual(['cachedContents/c', uris[0]])
})

test('a candidate without parts is an answer if it says why, and an empty text or a signature is no content', () => {
  expect(isGeminiAnswer({ candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }] })).toBe(
    true,
  )
  expect(isGeminiAnswer({ candidates: [{ content: { role: 'model' } }] })).toBe(false)
  expect(isGeminiAnswer({ promptFeedback: { blockReason: 'SAFETY' } })).toBe(true)
  const saying = (...parts: object[]) => ({ candidates: [{ content: { parts } }] })
  expect(geminiStream.hasContent(saying({ text: '', thoughtSignature: 'x' }))).toBe(false)
  expect(geminiStream.hasContent(saying({ text: 'hm', thought: true }))).toBe(true)
  expect(geminiStream.hasContent(saying({ functionCall: { name: 'f' } }))).toBe(true)
})

test('events amount to an answer: texts of one kind in one part, calls and signed parts apart', () => {
  const event = (parts: readonly object[], more: object = {}, index = 0) => ({
    candidates: [{ content: { role: 'model', parts }, index, ...more }],
    usageMetadata: { totalTokenCount: parts.length },
  })
  const signed = { text: 'b', thoughtSignature: 's' }
  const called = { functionCall: { name: 'f', args: {} } }
  const events = [
    event([{ text: 'hm', thought: true }]),
    event([{ text: ' hm', thought: true }, { text: 'a' }]),
    event([{ text: 'A' }], {}, 1),
    event([{ text: 'a' }, signed, { text: 'c' }]),
    event([called, { text: '' }, { text: 'd' }], { finishReason: 'STOP' }),
    undefined,
    { ...event([], { finishReason: 'STOP' }, 1), responseId: 'r' },
  ]
  expect(assembleGemini(events)).toEqual({
    candidates: [
      {
        content: {
          role: 'model',
          parts: [
            { text: 'hm hm', thought: true },
            { text: 'aa' },
            signed,
            { text: 'c' },
            called,
            { text: 'd' },
          ],
        },
        index: 0,
        finishReason: 'STOP',
      },
      { content: { role: 'model', parts: [{ text: 'A' }] }, index: 1, finishReason: 'STOP' },
    ],
    usageMetadata: { totalTokenCount: 0 },
    responseId: 'r',
  })
})

test.each([
  ['gemini-2.5-flash:generateContent', { model: 'gemini-2.5-flash', method: 'generateContent' }],
  ['gemini_1/m:streamGenerateContent', { model: 'gemini_1/m', method: 'streamGenerateContent' }],
  ['a:b:countTokens', { model: 'a:b', method: 'countTokens' }],
] as const)('the path %s names a model and a method', (part, call) => {
  expect(readGeminiCall(part)).toEqual(call)
})

test.each(['m', 'm:', ':countTokens', 'm:embedContent', 'a/../b:countTokens', 'a//b:countTokens', ''])(
  'the path %s names no call',
  part => {
    expect(readGeminiCall(part)).toBeNull()
  },
)

test('a model cannot add to the path or the query of a vendor', () => {
  expect(pathOf('../models/{model}:countTokens', 'a/b?c#d$&')).toBe('../models/a/b%3Fc%23d%24%26:countTokens')
})
