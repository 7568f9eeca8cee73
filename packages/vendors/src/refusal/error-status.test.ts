import fc from 'fast-check'
import { expect, test } from 'vitest'
import { errorStatusOf } from './error-status.js'

const limited = { message: 'Rate limit reached on requests per day (RPD)', type: 'requests' }

test.each<readonly [string, unknown, number]>([
  ['a number', { error: { code: 502, message: 'Worker local total request limit reached' } }, 502],
  ['a number beside choices', { choices: [{ delta: {} }], error: { code: 502, message: 'x' } }, 502],
  ['a number in a text', { error: { code: '429', message: 'x' } }, 429],
  ['a status code', { error: { ...limited, status_code: 429 } }, 429],
  ['a code in words', { error: { ...limited, code: 'rate_limit_exceeded' } }, 429],
  ['no balance by name', { error: { message: 'x', type: 'insufficient_quota' } }, 429],
  ['Anthropic’s limit', { type: 'error', error: { type: 'rate_limit_error', message: 'x' } }, 429],
  [
    'Anthropic’s overload',
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    529,
  ],
  [
    'Anthropic’s fault',
    { type: 'error', error: { type: 'api_error', message: 'Internal server error' } },
    500,
  ],
  ['Google’s status', { error: { status: 'RESOURCE_EXHAUSTED', message: 'x' } }, 429],
  ['Google’s list', [{ error: { status: 'UNAVAILABLE', message: 'The model is overloaded.' } }], 503],
  [
    'Mistral’s object',
    { object: 'error', message: 'Rate limit exceeded', type: 'rate_limited', code: '1300' },
    429,
  ],
  ['Cerebras’ body', { message: 'x', type: 'too_many_tokens_error', code: 'token_quota_exceeded' }, 429],
  ['a detail', { detail: 'Rate limit exceeded, retry in 5s' }, 429],
  ['a detail of a list', { detail: [{ type: 'missing', msg: 'Field required' }] }, 500],
  ['a text', { error: 'Rate limit reached' }, 429],
  ['a text behind a number in brackets', { error: '[429] Too many requests' }, 429],
  ['a message behind a number in brackets', { error: { message: '[x] Too many requests' } }, 429],
  ['a text of a bad key', { error: 'Invalid API key provided' }, 401],
  ['JSON within a text', { error: '{"error":{"message":"x","code":"rate_limit_exceeded"}}' }, 429],
  ['JSON within a message', { error: { message: '429 {"error":{"code":429}}' } }, 429],
  ['a list of errors', { success: false, errors: [{ code: 7003, message: 'No route' }], result: null }, 500],
  ['a choice that failed', { choices: [{ error: { code: 503, message: 'x' } }] }, 503],
  ['an event of the Responses API', { type: 'error', code: 'rate_limit_exceeded', message: 'x' }, 429],
  ['its failure', { type: 'response.failed', response: { error: { code: 'server_error' } } }, 500],
  ['MiniMax', { base_resp: { status_code: 1008, status_msg: 'insufficient balance' }, choices: null }, 402],
  ['a number alone', { error: 429 }, 429],
  ['a status code beside a message', { statusCode: 429, message: 'x' }, 429],
  ['no success', { success: false, message: 'rate limit' }, 429],
  ['a fault of Apigee', { fault: { faultstring: 'Rate limit quota violation' } }, 429],
  ['Baidu', { error_code: 18, error_msg: 'Open api qps request limit reached' }, 429],
  ['a bare message', { message: 'Too many requests' }, 429],
  ['no stated kind', { error: { message: 'Provider disconnected' } }, 500],
  ['a mere sign', { error: true }, 500],
])('the status is found from %s', (_what, body, status) => {
  expect(errorStatusOf(body)).toBe(status)
  expect(errorStatusOf(JSON.stringify(body))).toBe(status)
})

test.each<readonly [string, unknown]>([
  ['an answer', { choices: [{ message: { content: 'error 429: rate limit' } }], error: null }],
  ['an answer of the Responses API', { object: 'response', output: [], error: null, status: 'completed' }],
  ['Anthropic’s answer', { type: 'message', content: [{ type: 'text', text: 'error' }] }],
  ['Anthropic’s event', { type: 'message_start', message: { usage: {} } }],
  ['embeddings', { object: 'list', data: [{ embedding: [0] }], message: 'x', code: 429 }],
  ['MiniMax’s answer', { choices: [{}], base_resp: { status_code: 0, status_msg: '' } }],
  ['a text of a transcription', { text: 'rate limit exceeded' }],
  ['usage alone', { choices: [], usage: { prompt_tokens: 1 } }],
  ['no errors', { success: true, errors: [], result: { response: 'x' } }],
  ['a text', 'too many requests'],
  ['nothing', undefined],
  ['null', null],
])('%s is not an error', (_what, body) => expect(errorStatusOf(body)).toBeNull())

test('no body makes it throw, and every status is an error status', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.record({ error: fc.anything() }), fc.json()), body => {
      const status = errorStatusOf(body)
      expect(status === null || (status >= 400 && status < 600)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
