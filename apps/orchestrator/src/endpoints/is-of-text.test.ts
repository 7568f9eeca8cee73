import { expect, test } from 'vitest'
import { isOfText } from './is-of-text.js'

test.each([
  { messages: [{ content: [{ type: 'input_audio', input_audio: { data: '' } }] }] },
  { messages: [{ content: [{ type: 'audio_url' }] }] },
  { contents: [{ parts: [{ inlineData: { mimeType: 'audio/wav' } }] }] },
  { contents: [{ parts: [{ inline_data: { mime_type: 'Audio/wav' } }] }] },
  { modalities: ['text', 'audio'] },
  { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } },
  { generation_config: { response_modalities: ['image'] } },
])('%j brings sound, or asks for sound or images', body => {
  expect(isOfText(body)).toBe(false)
})

test.each([
  { messages: [{ content: 'send "input_audio", with "modalities": ["audio"]' }] },
  { messages: [{ content: [{ type: 'text', text: 'input_audio' }] }] },
  { messages: [{ content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,' } }] }] },
  { contents: [{ parts: [{ inlineData: { mimeType: 'image/png' } }] }] },
  { modalities: ['text'], tools: [{ parameters: { properties: { modalities: { type: 'array' } } } }] },
  [],
  null,
])('%j is of text', body => {
  expect(isOfText(body)).toBe(true)
})

test('an escaped name is recognised', () => {
  expect(isOfText(JSON.parse('{"mod\\u0061lities":["\\u0061udio"]}'))).toBe(false)
})

// A regular expression read to the end of the text from each list’s beginning, which stopped the gateway.
test('a large body of nested lists takes no more time than its size', () => {
  const depth = 100_000
  const body: unknown = JSON.parse(`${'{"modalities":['.repeat(depth)}${']}'.repeat(depth)}`)
  expect(isOfText(body)).toBe(true)
})
