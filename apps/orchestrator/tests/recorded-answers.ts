import { compactedAnswer, dialectExchanges } from './recorded-dialects.js'
import type { RecordedExchange } from './recorded-exchange.js'
import { events, json, sse } from './recorded-forms.js'
import { geminiExchanges } from './recorded-gemini.js'
/** Begins as JSON does, as raw sound may, and has no end that JSON could have. */
export const rawSound = Buffer.concat([Buffer.from('{"'), Buffer.from([0, 1, 2, 0xff, 0xfe, 0x80, 0x7b])])
export const mp3 = Buffer.concat([Buffer.from('ID3'), Buffer.alloc(5_000, 0xfa)])

const completion = { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm' }
const image = { created: 1, data: [{ b64_json: 'aGk=' }] }

export const exchanges: readonly RecordedExchange[] = [
  ...dialectExchanges,
  ...geminiExchanges,
  {
    endpoint: 'chat/completions',
    form: 'whole',
    request: model => ({ model, messages: [{ role: 'user', content: 'hi' }] }),
    contentType: json,
    answer: JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: 'ok' } }] }),
    charge: { requestCount: 1 },
  },
  {
    endpoint: 'embeddings',
    form: 'whole',
    request: model => ({ model, input: ['one'] }),
    contentType: json,
    answer: JSON.stringify({ object: 'list', data: [{ index: 0, embedding: [0.5] }] }),
    charge: { requestCount: 1, characterCount: 3 },
  },
  {
    endpoint: 'responses/compact',
    form: 'whole',
    request: model => ({ model, input: [{ role: 'user', content: 'Fix the test.' }] }),
    contentType: json,
    answer: JSON.stringify(compactedAnswer),
    charge: { requestCount: 1, inputTokenCount: 139, cachedInputTokenCount: 11, outputTokenCount: 438 },
  },
  {
    endpoint: 'completions',
    form: 'whole',
    request: model => ({ model, prompt: 'Say', suffix: '!' }),
    contentType: json,
    answer: JSON.stringify({
      ...completion,
      choices: [{ index: 0, text: ' hello', finish_reason: 'stop', logprobs: null }],
      usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
    }),
    charge: { requestCount: 1, characterCount: 10, inputTokenCount: 2, outputTokenCount: 3 },
  },
  {
    endpoint: 'completions',
    form: 'streamed',
    request: model => ({ model, prompt: [1, 2, 3], stream: true, stream_options: { include_usage: true } }),
    contentType: events,
    answer: sse(
      { ...completion, choices: [{ index: 0, text: ' hel', finish_reason: null }] },
      { ...completion, choices: [{ index: 0, text: 'lo', finish_reason: 'stop' }] },
      { ...completion, choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } },
      '[DONE]',
    ),
    charge: { requestCount: 1, characterCount: 18, inputTokenCount: 3, outputTokenCount: 4 },
  },
  {
    endpoint: 'moderations',
    form: 'whole',
    request: model => ({ model, input: [{ type: 'text', text: 'hate' }] }),
    contentType: json,
    answer: JSON.stringify({ id: 'modr-1', results: [{ flagged: false, categories: { hate: false } }] }),
    charge: { requestCount: 1, characterCount: 4 },
  },
  {
    endpoint: 'rerank',
    form: 'Cohere',
    request: model => ({ model, query: 'what?', documents: ['one', 'two'] }),
    contentType: json,
    answer: JSON.stringify({
      results: [{ index: 0, relevance_score: 0.9 }],
      meta: { billed_units: { search_units: 1 } },
    }),
    charge: { requestCount: 1, characterCount: 11, inputTokenCount: 3, outputTokenCount: 0 },
  },
  {
    endpoint: 'rerank',
    form: 'Jina',
    request: model => ({ model, query: 'what?', documents: [{ text: 'one' }, 'two'] }),
    contentType: json,
    answer: JSON.stringify({
      results: [{ index: 1, relevance_score: 0.9, document: { text: 'two' } }],
      usage: { total_tokens: 15 },
    }),
    charge: { requestCount: 1, characterCount: 11, inputTokenCount: 15, outputTokenCount: 0 },
  },
  {
    endpoint: 'rerank',
    form: 'Voyage',
    request: model => ({ model, query: 'what?', documents: ['one'] }),
    contentType: json,
    answer: JSON.stringify({
      object: 'list',
      data: [{ index: 0, relevance_score: 0.9 }],
      usage: { total_tokens: 26 },
    }),
    charge: { requestCount: 1, inputTokenCount: 26, outputTokenCount: 0 },
  },
  {
    endpoint: 'rerank',
    form: 'OpenRouter',
    request: model => ({ model, query: 'what?', documents: ['one'] }),
    contentType: json,
    answer: JSON.stringify({
      id: 'gen-rerank-1',
      provider: 'Cohere',
      results: [{ index: 0, relevance_score: 0.9, document: { text: 'one' } }],
      usage: { search_units: 1, total_tokens: 150, cost: 0.001 },
    }),
    charge: { inputTokenCount: 150, outputTokenCount: 0, costMicroUsd: 1_000 },
  },
  {
    endpoint: 'images/generations',
    form: 'with usage',
    request: model => ({ model, prompt: 'a cat', n: 3 }),
    contentType: json,
    answer: JSON.stringify({
      ...image,
      usage: { input_tokens: 9, output_tokens: 4_000, total_tokens: 4_009 },
    }),
    charge: { requestCount: 1, inputTokenCount: 9, outputTokenCount: 4_000 },
  },
  {
    endpoint: 'images/generations',
    form: 'counted by n',
    request: model => ({ model, prompt: 'a cat', n: 3 }),
    contentType: json,
    answer: JSON.stringify({
      created: 1,
      data: [{ url: 'https://a' }, { url: 'https://b' }, { url: 'https://c' }],
    }),
    charge: { requestCount: 3, characterCount: 5 },
  },
  {
    endpoint: 'images/generations',
    form: 'streamed',
    request: model => ({ model, prompt: 'a cat', stream: true, partial_images: 1 }),
    contentType: events,
    answer: sse(
      { type: 'image_generation.partial_image', b64_json: 'aA==', partial_image_index: 0 },
      {
        type: 'image_generation.completed',
        b64_json: 'aGk=',
        usage: { input_tokens: 9, output_tokens: 40, total_tokens: 49 },
      },
    ),
    charge: { requestCount: 1, inputTokenCount: 9, outputTokenCount: 40 },
  },
  {
    endpoint: 'audio/speech',
    form: 'mp3',
    request: model => ({ model, input: 'größe 👍', voice: 'alloy' }),
    contentType: 'audio/mpeg',
    answer: mp3,
    charge: { requestCount: 1, characterCount: 7 },
  },
  {
    endpoint: 'audio/speech',
    form: 'raw, beginning as JSON does',
    request: model => ({ model, input: 'hello', voice: 'alloy', response_format: 'pcm' }),
    contentType: 'audio/pcm',
    answer: rawSound,
    charge: { requestCount: 1, characterCount: 5 },
  },
  {
    endpoint: 'audio/speech',
    form: 'events',
    request: model => ({ model, input: 'hello', voice: 'alloy', stream_format: 'sse' }),
    contentType: events,
    answer: sse(
      { type: 'speech.audio.delta', audio: 'aGk=' },
      { type: 'speech.audio.done', usage: { input_tokens: 2, output_tokens: 30, total_tokens: 32 } },
    ),
    charge: { requestCount: 1, characterCount: 5, inputTokenCount: 2, outputTokenCount: 30 },
  },
  ...(['audio/transcriptions', 'audio/translations'] as const).map(
    (endpoint): RecordedExchange => ({
      endpoint,
      form: 'json',
      request: model => soundForm({ model }),
      contentType: json,
      answer: JSON.stringify({ text: 'hello', usage: { type: 'duration', seconds: 3 } }),
      charge: { requestCount: 1, characterCount: 0, inputTokenCount: 0, outputTokenCount: 0 },
    }),
  ),
  {
    endpoint: 'audio/transcriptions',
    form: 'verbose_json with tokens',
    request: model => soundForm({ model, response_format: 'verbose_json' }),
    contentType: json,
    answer: JSON.stringify({
      text: 'hello',
      segments: [{ id: 0, text: 'hello' }],
      usage: { type: 'tokens', input_tokens: 14, output_tokens: 45, total_tokens: 59 },
    }),
    charge: { requestCount: 1, inputTokenCount: 14, outputTokenCount: 45 },
  },
  ...(
    [
      ['text', 'hello\n'],
      ['srt', '1\n00:00:00,000 --> 00:00:01,000\nhello\n'],
      ['vtt', 'WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n'],
    ] as const
  ).map(
    ([form, answer]): RecordedExchange => ({
      endpoint: 'audio/transcriptions',
      form,
      request: model => soundForm({ model, response_format: form }),
      contentType: 'text/plain',
      answer,
      charge: { requestCount: 1 },
    }),
  ),
  {
    endpoint: 'audio/transcriptions',
    form: 'streamed',
    request: model => soundForm({ model, stream: 'true' }),
    contentType: events,
    answer: sse(
      { type: 'transcript.text.delta', delta: 'hel' },
      { type: 'transcript.text.delta', delta: 'lo' },
      {
        type: 'transcript.text.done',
        text: 'hello',
        usage: { type: 'tokens', input_tokens: 14, output_tokens: 45, total_tokens: 59 },
      },
    ),
    charge: { requestCount: 1, inputTokenCount: 14, outputTokenCount: 45 },
  },
  {
    endpoint: 'images/edits',
    form: 'a form',
    request: model => soundForm({ model, prompt: 'a hat', n: '2' }, 'image'),
    contentType: json,
    answer: JSON.stringify({ created: 1, data: [{ b64_json: 'aGk=' }, { b64_json: 'aGk=' }] }),
    charge: { requestCount: 2, characterCount: 5 },
  },
  {
    endpoint: 'images/variations',
    form: 'a form',
    request: model => soundForm({ model }, 'image'),
    contentType: json,
    answer: JSON.stringify(image),
    charge: { requestCount: 1 },
  },
]

/** A form as OpenAI's library writes it: the file first. */
function soundForm(fields: Readonly<Record<string, string>>, name = 'file'): FormData {
  const form = new FormData()
  form.append(name, new Blob([mp3], { type: 'audio/mpeg' }), 'speech.mp3')
  for (const [field, value] of Object.entries(fields)) form.append(field, value)
  return form
}
