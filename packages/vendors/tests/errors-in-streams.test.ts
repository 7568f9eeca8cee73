import { expect, test } from 'vitest'
import { errorStatusOf, readSignals } from '../src/index.js'

const receivedAtMs = Date.parse('2026-11-28T20:00:00Z')
const tokensPerDay =
  'Rate limit reached for model `x` in organization `org_1` on tokens per day (TPD): Limit 100000, Used 100500, Requested 500. Please try again in 14m24s.'

const read = (vendor: string, httpStatus: number, body: unknown) =>
  readSignals({ vendor, httpStatus, headers: {}, body, receivedAtMs })

test.each<readonly [string, unknown]>([
  ['a code in words', { error: { message: tokensPerDay, code: 'rate_limit_exceeded' } }],
  ['a type in words', { error: { message: tokensPerDay, type: 'rate_limit_error' } }],
  ['Anthropic’s form', { type: 'error', error: { type: 'rate_limit_error', message: tokensPerDay } }],
  ['a number', { error: { message: tokensPerDay, code: 429 } }],
  ['a number in a text', { error: { message: tokensPerDay, code: '429' } }],
  ['a status', { error: { message: tokensPerDay, status: 'RESOURCE_EXHAUSTED' } }],
  ['a status code', { error: { message: tokensPerDay }, status_code: 429 }],
  ['an object of its own', { object: 'error', message: tokensPerDay, type: 'rate_limited', code: '1300' }],
  ['a detail', { detail: tokensPerDay }],
  ['an object in a detail', { detail: { message: tokensPerDay } }],
  ['a text', { error: tokensPerDay }],
  ['a list', [{ error: { message: tokensPerDay } }]],
  [
    'beside choices',
    { id: 'x', choices: [{ delta: {}, finish_reason: 'error' }], error: { message: tokensPerDay } },
  ],
  ['in a choice', { choices: [{ delta: {}, error: { message: tokensPerDay, code: 429 } }] }],
  ['of the Responses API', { type: 'error', code: 'rate_limit_exceeded', message: tokensPerDay }],
  [
    'its failure',
    { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: tokensPerDay } } },
  ],
  ['as text', JSON.stringify({ error: { message: tokensPerDay } })],
])('an error event is read like the refusal with its status: %s', (_form, body) => {
  expect(errorStatusOf(body)).toBe(429)
  const { refusal } = read('groq', 200, body)
  expect(refusal).toMatchObject({
    kind: 'day',
    metric: 'tokens',
    limit: 100_000,
    retryAfterMs: 864_000,
    model: 'x',
  })
  expect(refusal).toEqual(read('groq', 429, body).refusal)
})

test.each<readonly [string, string, unknown, number, string | undefined]>([
  [
    'no balance',
    'openai',
    { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } },
    429,
    'billing',
  ],
  [
    'a bad key',
    'custom',
    { error: { message: 'Invalid API key', code: 'invalid_api_key' } },
    401,
    'bad_credential',
  ],
  ['no money', 'deepseek', { error: 'Insufficient Balance' }, 402, 'billing'],
  [
    'an unknown model',
    'custom',
    { error: { message: 'The model `x` does not exist', code: 'model_not_found' } },
    404,
    'unknown_model',
  ],
  [
    'a request too large',
    'custom',
    { error: { message: 'Request too large', type: 'request_too_large' } },
    413,
    'too_large',
  ],
  [
    'an overload',
    'anthropic',
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    529,
    undefined,
  ],
  [
    'a fault',
    'anthropic',
    { type: 'error', error: { type: 'api_error', message: 'Internal server error' } },
    500,
    undefined,
  ],
  [
    'a fault of the request',
    'openai',
    { error: { message: 'Bad value', type: 'invalid_request_error' } },
    400,
    undefined,
  ],
  [
    'a router’s fault',
    'openrouter',
    { error: { code: 502, message: 'Worker local total request limit reached' } },
    502,
    undefined,
  ],
])('%s in a stream of %s', (_what, vendor, body, status, kind) => {
  expect(errorStatusOf(body)).toBe(status)
  expect(read(vendor, 200, body).refusal?.kind).toBe(kind)
  expect(read(vendor, 200, body)).toEqual(read(vendor, status, body))
})

test.each<readonly [vendor: string, httpStatus: number, body: unknown]>([
  ['custom', 429, { error: { message: '您的账户已达到速率限制，请您控制请求频率', code: '1302' } }],
  ['custom', 429, { error: { message: 'High concurrency usage of this API', code: '1302' } }],
  ['custom', 429, { message: 'Details: TPM limit reached.', data: null }],
  ['custom', 429, { errors: { message: 'Request limit exceeded.', request_id: '30da' } }],
  ['custom', 429, { message: 'Too many requests', __type: 'ThrottlingException' }],
  ['custom', 429, { err_code: 'TOO_MANY_REQUESTS', err_msg: 'Too many requests.', request_id: 'x' }],
  ['custom', 429, { message: 'Too many tokens, please wait before trying again.' }],
  ['cohere', 429, { id: 'x', message: 'You are past the per month request limit for this model' }],
  [
    'cloudflare',
    429,
    { success: false, errors: [{ code: 4006, message: 'you have used up your daily free allocation' }] },
  ],
  ['custom', 402, { error: { message: 'Your account is in arrears, please recharge', code: '1113' } }],
  ['custom', 402, { detail: { error: 'Payment Required: please add payment method or top up' } }],
  ['custom', 403, { error: { message: 'Your account has been locked', code: '1112' } }],
  ['custom', 403, { error: { message: '无效的令牌', type: 'new_api_error' } }],
  ['custom', 403, { error: 'this model requires a subscription, upgrade for access' }],
  ['custom', 429, { detail: 'You will have reduced rate limits. Please add a payment method.' }],
])('an error event of %s is read like the refusal with %i: %j', (vendor, httpStatus, body) => {
  expect(errorStatusOf(body)).toBe(httpStatus)
  expect(read(vendor, 200, body)).toEqual(read(vendor, httpStatus, body))
  expect(read(vendor, 200, body).refusal).not.toBeNull()
})

test.each([
  { message: 'Hello', role: 'assistant' },
  { id: 'x', status: 'completed', title: 'Answer' },
  { reason: 'stop', errors: {} },
])('%j is no error', body => expect(errorStatusOf(body)).toBeNull())
