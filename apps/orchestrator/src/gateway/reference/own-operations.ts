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

const storedId = { name: 'id', in: 'path', schema: text, example: 'resp_1' } as const
const listedModel = fields({
  ...{
    id: text,
    object: text,
    created: integer,
    owned_by: text,
    type: text,
    display_name: text,
    created_at: text,
  },
})
const exampleModel = {
  ...{ id: 'llama-3.1-8b-instant', object: 'model', created: 1_693_721_698, owned_by: 'groq', type: 'model' },
  ...{ display_name: 'llama-3.1-8b-instant', created_at: '2023-09-03T06:01:38.000Z' },
}
const googleModel = fields({ name: text, displayName: text, supportedGenerationMethods: list(text) })
const exampleGoogleModel = {
  ...{ name: 'models/gemini-2.5-flash', displayName: 'gemini-2.5-flash' },
  supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
}
const storedResponse = fields({ id: text, object: text, status: text, output: list() })
const exampleResponse = { id: 'resp_1', object: 'response', status: 'completed', output: [] }
const results: Schema = {
  enum: ['ok', 'limited', 'no_money', 'refused', 'unproven', 'unreachable', 'missing'],
}
const sealedKey: Schema = {
  ...fields({ ciphertext: text, keyPairId: text }),
  description: 'A key that is not entered yet, sealed to this gateway',
}
const status = fields({ status: { enum: ['ok', 'unavailable'] } })

/** What the gateway serves beside the endpoints of vendors. */
export const ownOperations: readonly GatewayOperation[] = [
  {
    ...{ method: 'get', path: '/v1/models', operationId: 'models.list', tag: 'Models' },
    summary: 'The names that can be called, for clients of OpenAI and Anthropic',
    parameters: [
      { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1_000 }, example: 100 },
      { name: 'after_id', in: 'query', schema: text, example: 'gemma2-9b-it' },
      { name: 'before_id', in: 'query', schema: text, example: 'qwen3-32b' },
    ],
    answer: {
      mediaType: json,
      schema: fields({
        ...{ object: { const: 'list' }, data: list(listedModel), has_more: { type: 'boolean' } },
        ...{ first_id: textOrNull, last_id: textOrNull },
      }),
      example: {
        ...{ object: 'list', data: [exampleModel], has_more: false },
        ...{ first_id: exampleModel.id, last_id: exampleModel.id },
      },
    },
  },
  {
    ...{ method: 'get', path: '/v1/models/{model}', operationId: 'models.get', tag: 'Models' },
    summary: 'One of them; its name may contain slashes',
    parameters: [{ name: 'model', in: 'path', schema: text, example: exampleModel.id }],
    answer: { mediaType: json, schema: listedModel, example: exampleModel },
  },
  {
    ...{ method: 'get', path: '/v1beta/models', operationId: 'gemini.models', tag: 'Models' },
    summary: 'In Google’s format those that can be called by Gemini’s own API',
    answer: {
      mediaType: json,
      schema: fields({ models: list(googleModel) }),
      example: { models: [exampleGoogleModel] },
    },
  },
  {
    ...{ method: 'get', path: '/v1beta/models/{model}', operationId: 'gemini.model', tag: 'Models' },
    summary: 'One of them',
    parameters: [{ name: 'model', in: 'path', schema: text, example: 'gemini-2.5-flash' }],
    answer: { mediaType: json, schema: googleModel, example: exampleGoogleModel },
  },
  {
    ...{ method: 'get', path: '/v1/responses/{id}', operationId: 'responses.get', tag: 'Stored answers' },
    summary: 'What a vendor has stored, from the key that made it',
    parameters: [storedId],
    answer: { mediaType: json, schema: storedResponse, example: exampleResponse },
  },
  {
    ...{ method: 'get', path: '/v1/responses/{id}/input_items', operationId: 'responses.inputItems' },
    ...{ tag: 'Stored answers', summary: 'The input of a stored answer', parameters: [storedId] },
    answer: {
      mediaType: json,
      schema: fields({ object: text, data: list() }, { has_more: { type: 'boolean' } }),
      example: { object: 'list', data: [], has_more: false },
    },
  },
  {
    ...{
      method: 'delete',
      path: '/v1/responses/{id}',
      operationId: 'responses.delete',
      tag: 'Stored answers',
    },
    summary: 'Deletes a stored answer',
    parameters: [storedId],
    answer: {
      mediaType: json,
      schema: fields({ id: text, deleted: { type: 'boolean' } }, { object: text }),
      example: { id: 'resp_1', object: 'response', deleted: true },
    },
  },
  {
    ...{
      method: 'post',
      path: '/v1/responses/{id}/cancel',
      operationId: 'responses.cancel',
      tag: 'Stored answers',
    },
    summary: 'Cancels an answer that is made in the background',
    parameters: [storedId],
    answer: { mediaType: json, schema: storedResponse, example: { ...exampleResponse, status: 'cancelled' } },
  },
  {
    ...{ method: 'post', path: '/v1/keys/check', operationId: 'keys.check', tag: 'Operation' },
    summary: 'Checks every key, or one, by requesting its vendor’s list of models, which is free',
    body: {
      mediaType: json,
      schema: fields({}, { providerName: text, sealed: sealedKey }),
      example: { providerName: 'groq_1' },
    },
    answer: {
      mediaType: json,
      schema: fields({
        keys: list(
          fields(
            {
              ...{ providerName: text, vendor: text, result: results },
              ...{ httpStatus: { type: ['integer', 'null'] }, remedy: textOrNull },
            },
            { fingerprint: { ...textOrNull, description: 'Salted, of a key that was sealed' } },
          ),
        ),
      }),
      example: {
        keys: [{ providerName: 'groq_1', vendor: 'groq', result: 'ok', httpStatus: 200, remedy: null }],
      },
    },
  },
  {
    ...{
      method: 'get',
      path: '/v1/settlements/set-aside',
      operationId: 'settlements.setAside',
      tag: 'Operation',
    },
    summary: 'The newest 1,000 settlements that the API refused as invalid',
    answer: {
      mediaType: json,
      schema: fields({
        settlements: list(fields({ at: text, code: text, message: text, settlement: fields({}) })),
      }),
      example: {
        settlements: [
          {
            ...{ at: '2026-11-29T12:00:00.000Z', code: 'UNKNOWN_RESERVATION' },
            message:
              'there is no reservation 0197a1c0-0000-7000-8000-000000000001; record the usage without one',
            settlement: { kind: 'commit', reservationId: '0197a1c0-0000-7000-8000-000000000001' },
          },
        ],
      },
    },
  },
  {
    ...{ method: 'get', path: '/metrics', operationId: 'metrics', tag: 'Operation' },
    summary: 'Metrics for Prometheus',
    answer: {
      mediaType: 'text/plain',
      schema: text,
      example: 'quotakeeper_settlements_set_aside_total{code="UNKNOWN_RESERVATION"} 0\n',
    },
  },
  {
    ...{ method: 'get', path: '/healthz', operationId: 'healthz', tag: 'Operation' },
    summary: 'Whether the process is up; needs no token',
    answer: { mediaType: json, schema: status, example: { status: 'ok' } },
  },
  {
    ...{ method: 'get', path: '/readyz', operationId: 'readyz', tag: 'Operation' },
    summary: 'Whether the API answers; needs no token',
    answer: {
      mediaType: json,
      schema: fields({ status: { const: 'ok' } }, { keysNotOpened: integer }),
      example: { status: 'ok', keysNotOpened: 1 },
    },
  },
]
