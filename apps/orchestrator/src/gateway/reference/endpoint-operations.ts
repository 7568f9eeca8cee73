import {
  fields,
  type GatewayOperation,
  integer,
  json,
  list,
  type Schema,
  text,
  textOrNull,
} from './gateway-operation.js'

const model: Schema = { type: 'string', description: 'A model, an alias, "vendor/model" or "provider/model"' }
const stream: Schema = { type: 'boolean', description: 'Whether the answer comes as server-sent events' }
const file: Schema = { type: 'string', contentMediaType: 'application/octet-stream' }
const form = 'multipart/form-data'
const exampleModel = 'llama-3.1-8b-instant'
const contents: Schema = list(fields({ parts: list() }, { role: text }))
const geminiModel = { name: 'model', in: 'path', schema: text, example: 'gemini-2.5-flash' } as const
const geminiRequest = { contents: [{ role: 'user', parts: [{ text: 'Say hello.' }] }] }
const geminiAnswer = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hello!' }] }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 2, totalTokenCount: 6 },
}
const images = fields({ created: integer }, { data: list(), usage: fields({}) })
const imageExample = { created: 1_764_417_600, data: [{ b64_json: 'iVBORw0KGgo=' }] }
const transcript = fields({ text }, { usage: fields({}), segments: list() })

/** What vendors' clients call. Formats are their vendors': fields that are not named here are passed on. */
export const endpointOperations: readonly GatewayOperation[] = [
  {
    ...post('/v1/chat/completions', 'chat.completions', 'Chat', 'Chat completions, whole or streamed'),
    body: {
      mediaType: json,
      schema: fields(
        { model, messages: list(fields({ role: text })) },
        { stream, max_tokens: integer, tools: list() },
      ),
      example: { model: exampleModel, messages: [{ role: 'user', content: 'Say hello.' }] },
    },
    answer: {
      mediaType: json,
      schema: fields(
        { choices: list(fields({ index: integer, message: fields({ role: text }) })) },
        { usage: fields({}) },
      ),
      example: {
        ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_764_417_600, model: exampleModel },
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hello!' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 12, completion_tokens: 2, total_tokens: 14 },
      },
    },
  },
  {
    ...post('/v1/responses', 'responses.create', 'Chat', 'Responses, whole or streamed'),
    body: {
      mediaType: json,
      schema: fields(
        { model, input: { anyOf: [text, list()] } },
        { stream, max_output_tokens: integer, tools: list() },
      ),
      example: { model: exampleModel, input: 'Say hello.' },
    },
    answer: {
      mediaType: json,
      schema: fields({ id: text, object: text, status: text, output: list() }, { usage: fields({}) }),
      example: {
        ...{
          id: 'resp_1',
          object: 'response',
          created_at: 1_764_417_600,
          status: 'completed',
          model: exampleModel,
        },
        output: [
          {
            ...{ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed' },
            content: [{ type: 'output_text', text: 'Hello!', annotations: [] }],
          },
        ],
        usage: { input_tokens: 12, output_tokens: 2, total_tokens: 14 },
      },
    },
  },
  {
    ...post(
      '/v1/responses/compact',
      'responses.compact',
      'Chat',
      'A conversation of Responses, shortened by vendors that can',
    ),
    body: {
      mediaType: json,
      schema: fields({ model, input: { anyOf: [text, list()] } }, { instructions: text }),
      example: { model: 'gpt-5', input: [{ role: 'user', content: 'Say hello.' }] },
    },
    answer: {
      mediaType: json,
      schema: fields({ id: text, object: text, output: list() }, { usage: fields({}) }),
      example: {
        ...{ id: 'resp_1', object: 'response.compaction', created_at: 1_764_417_600 },
        output: [
          {
            ...{ id: 'msg_1', type: 'message', role: 'user', status: 'completed' },
            content: [{ type: 'input_text', text: 'Say hello.' }],
          },
          { id: 'cmp_1', type: 'compaction', encrypted_content: 'gAAAAAB…' },
        ],
        usage: { input_tokens: 139, output_tokens: 438, total_tokens: 577 },
      },
    },
  },
  {
    ...post(
      '/v1/responses/input_tokens',
      'responses.inputTokens',
      'Chat',
      'Tokens of a request of Responses',
    ),
    body: {
      mediaType: json,
      schema: fields({ model, input: { anyOf: [text, list()] } }, { instructions: text, tools: list() }),
      example: { model: exampleModel, input: 'Say hello.' },
    },
    answer: {
      mediaType: json,
      schema: fields({ object: text, input_tokens: integer }),
      example: { object: 'response.input_tokens', input_tokens: 12 },
    },
  },
  {
    ...post('/v1/messages', 'messages.create', 'Chat', 'Messages, whole or streamed'),
    body: {
      mediaType: json,
      schema: fields(
        { model, max_tokens: integer, messages: list(fields({ role: text })) },
        { stream, tools: list() },
      ),
      example: { model: exampleModel, max_tokens: 256, messages: [{ role: 'user', content: 'Say hello.' }] },
    },
    answer: {
      mediaType: json,
      schema: fields({
        id: text,
        type: text,
        role: text,
        content: list(),
        stop_reason: textOrNull,
        usage: fields({}),
      }),
      example: {
        ...{ id: 'msg_1', type: 'message', role: 'assistant', model: exampleModel },
        ...{ content: [{ type: 'text', text: 'Hello!' }], stop_reason: 'end_turn', stop_sequence: null },
        usage: { input_tokens: 12, output_tokens: 2 },
      },
    },
  },
  {
    ...post('/v1/messages/count_tokens', 'messages.countTokens', 'Chat', 'Tokens of a request of Messages'),
    body: {
      mediaType: json,
      schema: fields({ model, messages: list(fields({ role: text })) }, { tools: list() }),
      example: { model: exampleModel, messages: [{ role: 'user', content: 'Say hello.' }] },
    },
    answer: { mediaType: json, schema: fields({ input_tokens: integer }), example: { input_tokens: 12 } },
  },
  {
    ...post(
      '/v1beta/models/{model}:generateContent',
      'gemini.generateContent',
      'Gemini',
      'Gemini’s own API, whole',
    ),
    parameters: [geminiModel],
    body: { mediaType: json, schema: fields({ contents }), example: geminiRequest },
    answer: {
      mediaType: json,
      schema: fields({ candidates: list() }, { usageMetadata: fields({}) }),
      example: geminiAnswer,
    },
  },
  {
    ...post(
      '/v1beta/models/{model}:streamGenerateContent',
      'gemini.streamGenerateContent',
      'Gemini',
      'Gemini’s own API, streamed: elements of an array, or events with alt=sse',
    ),
    parameters: [geminiModel, { name: 'alt', in: 'query', schema: { const: 'sse' }, example: 'sse' }],
    body: { mediaType: json, schema: fields({ contents }), example: geminiRequest },
    answer: {
      mediaType: 'text/event-stream',
      schema: text,
      example: `data: ${JSON.stringify(geminiAnswer)}\n\n`,
    },
  },
  {
    ...post(
      '/v1beta/models/{model}:countTokens',
      'gemini.countTokens',
      'Gemini',
      'Tokens of a request of Gemini’s API',
    ),
    parameters: [geminiModel],
    body: { mediaType: json, schema: fields({ contents }), example: geminiRequest },
    answer: { mediaType: json, schema: fields({ totalTokens: integer }), example: { totalTokens: 4 } },
  },
  {
    ...post('/v1/completions', 'completions.create', 'Text', 'Completions, whole or streamed'),
    body: {
      mediaType: json,
      schema: fields(
        { model, prompt: { anyOf: [text, list()] } },
        { stream, max_tokens: integer, suffix: text },
      ),
      example: { model: exampleModel, prompt: 'Say' },
    },
    answer: {
      mediaType: json,
      schema: fields({ choices: list(fields({ index: integer, text })) }, { usage: fields({}) }),
      example: {
        ...{ id: 'cmpl-1', object: 'text_completion', created: 1_764_417_600, model: exampleModel },
        choices: [{ index: 0, text: ' hello', finish_reason: 'stop', logprobs: null }],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      },
    },
  },
  {
    ...post('/v1/embeddings', 'embeddings.create', 'Text', 'Embeddings'),
    body: {
      mediaType: json,
      schema: fields({ model, input: { anyOf: [text, list()] } }, { dimensions: integer }),
      example: { model: 'text-embedding-3-small', input: ['one'] },
    },
    answer: {
      mediaType: json,
      schema: fields({ data: list(fields({ index: integer, embedding: { anyOf: [list(), text] } })) }),
      example: {
        ...{ object: 'list', model: 'text-embedding-3-small' },
        data: [{ object: 'embedding', index: 0, embedding: [0.5, -0.25] }],
        usage: { prompt_tokens: 1, total_tokens: 1 },
      },
    },
  },
  {
    ...post('/v1/moderations', 'moderations.create', 'Text', 'Moderations of a text, a list or parts'),
    body: {
      mediaType: json,
      schema: fields({ input: { anyOf: [text, list()] } }, { model }),
      example: { input: 'a text' },
    },
    answer: {
      mediaType: json,
      schema: fields({ results: list(fields({ flagged: { type: 'boolean' } })) }),
      example: {
        id: 'modr-1',
        model: 'omni-moderation-latest',
        results: [{ flagged: false, categories: {} }],
      },
    },
  },
  {
    ...post(
      '/v1/rerank',
      'rerank.create',
      'Text',
      'Rerank, in the formats of Cohere, Jina, Voyage, Together and OpenRouter',
    ),
    body: {
      mediaType: json,
      schema: fields({ model, query: text, documents: list() }, { top_n: integer }),
      example: { model: 'rerank-v3.5', query: 'what?', documents: ['one', 'two'] },
    },
    answer: {
      mediaType: json,
      schema: fields(
        {},
        { results: list(fields({ index: integer })), data: list(fields({ index: integer })) },
      ),
      example: { results: [{ index: 0, relevance_score: 0.9 }], meta: { billed_units: { search_units: 1 } } },
    },
  },
  {
    ...post('/v1/images/generations', 'images.generate', 'Images', 'Images from a text, whole or streamed'),
    body: {
      mediaType: json,
      schema: fields({ prompt: text }, { model, n: integer, size: text, stream }),
      example: { model: 'gpt-image-1', prompt: 'a cat' },
    },
    answer: { mediaType: json, schema: images, example: imageExample },
  },
  {
    ...post('/v1/images/edits', 'images.edit', 'Images', 'Edits of images'),
    body: {
      mediaType: form,
      schema: fields({ image: file, prompt: text }, { model, mask: file, n: integer }),
      example: { model: 'gpt-image-1', prompt: 'with a hat', image: '(a file)' },
    },
    answer: { mediaType: json, schema: images, example: imageExample },
  },
  {
    ...post('/v1/images/variations', 'images.vary', 'Images', 'Variations of an image'),
    body: {
      mediaType: form,
      schema: fields({ image: file }, { model, n: integer }),
      example: { model: 'dall-e-2', image: '(a file)' },
    },
    answer: { mediaType: json, schema: images, example: imageExample },
  },
  {
    ...post('/v1/audio/speech', 'audio.speech', 'Audio', 'Speech from a text, passed on as it arrives'),
    body: {
      mediaType: json,
      schema: fields({ model, input: text, voice: {} }, { response_format: text, stream_format: text }),
      example: { model: 'gpt-4o-mini-tts', input: 'hello', voice: 'alloy' },
    },
    answer: { mediaType: 'audio/mpeg', schema: file, example: '(sound)' },
  },
  {
    ...post('/v1/audio/transcriptions', 'audio.transcribe', 'Audio', 'Texts of sounds, whole or streamed'),
    body: {
      mediaType: form,
      schema: fields({ file, model }, { language: text, response_format: text, stream }),
      example: { model: 'whisper-large-v3', file: '(a file)' },
    },
    answer: { mediaType: json, schema: transcript, example: { text: 'hello' } },
  },
  {
    ...post('/v1/audio/translations', 'audio.translate', 'Audio', 'English texts of sounds'),
    body: {
      mediaType: form,
      schema: fields({ file, model }, { response_format: text }),
      example: { model: 'whisper-large-v3', file: '(a file)' },
    },
    answer: { mediaType: json, schema: transcript, example: { text: 'hello' } },
  },
]

function post(
  path: string,
  operationId: string,
  tag: string,
  summary: string,
): Pick<GatewayOperation, 'method' | 'path' | 'operationId' | 'tag' | 'summary'> {
  return { method: 'post', path, operationId, tag, summary }
}
