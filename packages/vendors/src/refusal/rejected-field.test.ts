import { expect, test } from 'vitest'
import { rejectsField } from './rejected-field.js'

const extra = 'Extra inputs are not permitted'

const rejections: readonly (readonly [string, number, unknown])[] = [
  [
    'FastAPI',
    422,
    { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: extra, input: {} }] },
  ],
  [
    'FastAPI, nested field',
    422,
    { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options', 'include_usage'], msg: extra }] },
  ],
  ['FastAPI without a place', 422, { detail: extra }],
  ['FastAPI with the whole body as the place', 422, { detail: [{ loc: ['body'], msg: extra }] }],
  [
    'Mistral',
    422,
    {
      object: 'error',
      message: { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: extra }] },
    },
  ],
  [
    'OpenAI',
    400,
    {
      error: {
        message: 'Unrecognized request argument supplied: stream_options',
        type: 'invalid_request_error',
      },
    },
  ],
  ['OpenAI by param', 400, { error: { message: 'Unknown parameter.', param: 'stream_options' } }],
  ['OpenAI by nested param', 400, { error: { message: 'Unknown.', param: 'stream_options.include_usage' } }],
  ['Go', 400, 'json: unknown field "stream_options"'],
  [
    'serde',
    422,
    'Failed to deserialize: unknown field `stream_options`, expected one of `model`, `messages`',
  ],
  ['Gemini', 400, [{ error: { code: 400, message: 'Invalid JSON payload. Unknown name "stream_options"' } }]],
  ['Azure', 400, { error: { message: "Extra parameters ['stream_options'] are not allowed" } }],
  ['Python', 500, { error: { message: "create() got an unexpected keyword argument 'stream_options'" } }],
  ['plain words', 400, { message: 'stream_options is not supported' }],
  ['camel case', 400, { message: 'Unexpected property streamOptions' }],
  ['501', 501, { error: 'stream_options not implemented' }],
  ['within 200', 200, { error: { code: 400, message: 'stream_options is not supported' } }],
  ['ajv', 400, { errors: [{ path: '/stream_options', message: 'must NOT have additional properties' }] }],
]
test.each(rejections)('%s rejects the field', (_, httpStatus, body) => {
  expect(rejectsField(httpStatus, body, 'stream_options')).toBe(true)
})

const body = { model: 'm', stream_options: { include_usage: true } }
const others: readonly (readonly [string, number, unknown])[] = [
  ['another field by its place', 422, { detail: [{ loc: ['body', 'foo'], msg: extra, input: 1 }] }],
  [
    'a missing field, with what was sent',
    422,
    { detail: [{ type: 'missing', loc: ['body', 'messages'], msg: 'Field required', input: body }] },
  ],
  ['a missing field', 400, { error: { message: "you must provide 'messages'" } }],
  ['a key', 401, { error: { message: 'stream_options: bad key' } }],
  ['a quota', 429, { error: { message: 'too many requests with stream_options' } }],
  ['a model', 404, { error: { message: 'no such model; unknown parameter' } }],
  ['its own failure', 500, { error: { message: 'Internal error' } }],
  ['nothing', 200, { choices: [{ message: { content: 'stream_options is an unknown field' } }] }],
  ['nothing in words', 400, null],
]
test.each(others)('an error about %s does not', (_, httpStatus, answer) => {
  expect(rejectsField(httpStatus, answer, 'stream_options')).toBe(false)
})

test('a wrong value is not an unknown field', () => {
  const unsupported = {
    error: {
      message:
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
      param: 'max_tokens',
    },
  }
  expect(rejectsField(400, unsupported, 'max_tokens')).toBe(true)
  expect(rejectsField(400, unsupported, 'max_completion_tokens')).toBe(false)
  const tooLarge = { error: { message: 'max_tokens is too large: 90000', param: 'max_tokens' } }
  expect(rejectsField(400, tooLarge, 'max_tokens')).toBe(false)
})

test('a body of any size and depth is read in bounded time', () => {
  let deep: unknown = 'unknown field stream_options'
  for (let depth = 0; depth < 100_000; depth++) deep = { error: [deep] }
  expect(rejectsField(400, deep, 'stream_options')).toBe(false)
  const wide = { errors: Array.from({ length: 100_000 }, () => 'x'.repeat(1_000)) }
  expect(rejectsField(422, wide, 'stream_options')).toBe(false)
})
