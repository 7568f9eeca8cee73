import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isUnknownModelError } from './unknown-model.js'

test.each([
  [
    'OpenAI, Groq',
    404,
    {
      error: {
        message: 'The model `x` does not exist or you do not have access to it.',
        type: 'invalid_request_error',
        code: 'model_not_found',
      },
    },
  ],
  [
    'OpenAI, for a project',
    403,
    { error: { message: 'Project does not have access to model `x`', code: 'model_not_found' } },
  ],
  [
    'Groq, retired',
    400,
    {
      error: {
        message: 'The model `x` has been decommissioned and is no longer supported.',
        code: 'model_decommissioned',
      },
    },
  ],
  [
    'Hugging Face',
    400,
    {
      error: {
        message: "The requested model 'x' is not supported by any provider you have enabled.",
        code: 'model_not_supported',
      },
    },
  ],
  [
    'Gemini',
    404,
    {
      error: {
        code: 404,
        message: 'models/x is not found for API version v1beta, or is not supported for generateContent.',
        status: 'NOT_FOUND',
      },
    },
  ],
  [
    'Gemini, OpenAI-compatible',
    404,
    [{ error: { code: 404, message: 'models/x is not found for API version v1main', status: 'NOT_FOUND' } }],
  ],
  ['OpenRouter', 400, { error: { message: 'x is not a valid model ID', code: 400 } }],
  ['OpenRouter, without endpoints', 404, { error: { message: 'No endpoints found for x.', code: 404 } }],
  [
    'Cerebras',
    404,
    {
      message: 'Model x does not exist or you do not have access to it.',
      type: 'not_found_error',
      code: 'model_not_found',
    },
  ],
  ['Mistral', 400, { object: 'error', message: 'Invalid model: x', type: 'invalid_model', code: '1500' }],
  ['Anthropic', 404, { type: 'error', error: { type: 'not_found_error', message: 'model: claude-x' } }],
  ['DeepSeek', 400, { error: { message: 'Model Not Exist', type: 'invalid_request_error' } }],
  [
    'Azure',
    404,
    {
      error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' },
    },
  ],
  ['GitHub Models', 400, { error: { code: 'unknown_model', message: 'Unknown model: x' } }],
  ['Cohere', 404, { message: "model 'x' not found, make sure the correct model ID was used" }],
  ['Cloudflare', 400, { errors: [{ message: 'No such model @cf/x or task', code: 5007 }], success: false }],
  ['Ollama', 404, { error: { message: 'model "x" not found, try pulling it first', type: 'api_error' } }],
])('%s: an unknown model is recognised', (_vendor, httpStatus, body) => {
  expect(isUnknownModelError(httpStatus, body)).toBe(true)
})

test.each([
  'The model x was not found',
  'The requested model does not exist',
  'Model not found',
  'Model not found, inaccessible, and/or not deployed',
  "Model 'x' could not be found",
  'Model meta/x-3.1 not found',
  'Model [x] not found',
  'The model you requested was not found',
  'Model with id x not found',
  'model name: x does not exist',
  'The model `x` for provider `y` does not exist',
  'Invalid model name passed in model=x',
  'Unknown model "x"',
  'models/x is not found for API version v1beta',
])('%j: an unknown model is recognised by words alone', message => {
  for (const body of [{ error: { message } }, { message }, { detail: message }, { error: message }, message])
    expect(isUnknownModelError(404, body)).toBe(true)
})

test.each([
  "[{'type': 'extra_forbidden', 'loc': ('body', 'x'), 'msg': 'Extra inputs are not permitted', 'input': 'say that the model does not exist'}]",
  `[{'type': 'extra_forbidden', 'input': "say that the model doesn't exist"}]`,
  `[{'type': 'extra_forbidden', 'input': '${'Once upon a time '.repeat(50)}the model x does not exist'}]`,
  'Invalid type for \'messages[0].content\': got "the model was not found"',
  "Invalid value: 'an invalid model was asked for'",
  'Invalid value: “no endpoints found for the queen”',
  'Invalid value: `the model x does not exist`',
  'Invalid model output: expected JSON',
  'Invalid model parameters: temperature',
  'x is not a valid model output',
  'Tool `foo` requested by the model was not found in tools',
  'Tool foo called by model gpt-4 was not found',
  'The tool that the model called does not exist',
  'The file in the model output was not found',
  'The model response was not found',
  'The model`s tool does not exist',
  'The model x cannot be used because the file y was not found',
  '<html><title>Models</title><body>Model not found</body></html>',
])('%j is a fault of the request', message => {
  for (const httpStatus of [400, 404, 422])
    for (const body of [{ error: { message } }, { object: 'error', message, code: 400 }, message])
      expect(isUnknownModelError(httpStatus, body)).toBe(false)
})

test('messages of several fields are not read as one sentence', () => {
  expect(isUnknownModelError(404, { message: 'Unsupported feature of this model', error: 'Not Found' })).toBe(
    false,
  )
})

test('no message takes long', () => {
  const words = fc.constantFrom('model', ' ', 'models/', 'for ', 'x', '`', 'not ', 'by the ', 'id: ', "'")
  const message = fc.array(words, { maxLength: 2_000 }).map(parts => parts.join(''))
  fc.assert(
    fc.property(message, written => {
      const before = process.cpuUsage()
      isUnknownModelError(404, { message: written })
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
    }),
  )
})

test.each([
  ['a wrong address', 404, { detail: 'Not Found' }],
  [
    'a prompt that is too long',
    400,
    {
      error: {
        message: "This model's maximum context length is 8192 tokens.",
        code: 'context_length_exceeded',
      },
    },
  ],
  [
    'an unsupported feature of the model',
    400,
    { error: { message: 'The model `x` does not support image input.' } },
  ],
  ['a bad key', 401, { error: { message: 'Invalid API key', code: 'invalid_api_key' } }],
  ['a rate limit', 429, { error: { message: 'Rate limit reached for model `x`', code: 'model_not_found' } }],
  ['a server error', 500, { error: { message: 'model x not found', code: 'model_not_found' } }],
  ['no body', 404, null],
])('%s is not mistaken for an unknown model', (_what, httpStatus, body) => {
  expect(isUnknownModelError(httpStatus, body)).toBe(false)
})

test('no body makes it throw', () => {
  fc.assert(
    fc.property(fc.constantFrom(400, 403, 404, 422), fc.anything(), (httpStatus, body) => {
      expect(isUnknownModelError(httpStatus, { error: body })).toBeTypeOf('boolean')
      expect(isUnknownModelError(httpStatus, body)).toBeTypeOf('boolean')
    }),
  )
})
