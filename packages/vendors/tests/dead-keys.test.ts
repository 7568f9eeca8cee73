import { expect, test } from 'vitest'
import { errorStatusOf, readSignals } from '../src/index.js'

const receivedAtMs = Date.parse('2026-11-28T20:00:00Z')
const error = (message: string, rest: object = {}) => ({ error: { message, ...rest } })

function read(vendor: string, httpStatus: number, body: unknown, headers: Record<string, string> = {}) {
  return readSignals({ vendor, httpStatus, headers, body, receivedAtMs }).refusal
}

test.each<readonly [string, number, unknown]>([
  [
    'groq',
    400,
    error('Organization has been restricted. Please reach out to support if you believe this was in error.', {
      type: 'invalid_request_error',
      code: 'organization_restricted',
    }),
  ],
  ['custom', 400, error('Organization has been restricted.', { type: 'invalid_request_error' })],
  [
    'anthropic',
    400,
    {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'This organization has been disabled.' },
    },
  ],
  [
    'anthropic',
    403,
    {
      type: 'error',
      error: {
        type: 'permission_error',
        message: 'OAuth token has been revoked. Please obtain a new token.',
      },
    },
  ],
  [
    'gemini',
    403,
    error('Your API key was reported as leaked. Please use another API key.', {
      code: 403,
      status: 'PERMISSION_DENIED',
    }),
  ],
  [
    'gemini',
    403,
    error("Permission denied: Consumer 'api_key:AIza' has been suspended.", {
      status: 'PERMISSION_DENIED',
      details: [{ reason: 'CONSUMER_SUSPENDED' }],
    }),
  ],
  [
    'gemini',
    403,
    error('Your project has been denied access. Please contact support.', { status: 'PERMISSION_DENIED' }),
  ],
  [
    'gemini',
    400,
    error('API key expired. Please renew the API key.', { details: [{ reason: 'API_KEY_INVALID' }] }),
  ],
  ['gemini', 400, error('API Key not found. Please pass a valid API key.')],
  [
    'custom',
    403,
    error('{\n "error": {\n "code": 403,\n "message": "Your API key was reported as leaked."}}', {
      code: 403,
    }),
  ],
  [
    'openai',
    401,
    error(
      'The OpenAI account associated with this API key has been deactivated. If you are the developer, check your email.',
      {
        type: 'invalid_request_error',
        code: 'account_deactivated',
      },
    ),
  ],
  [
    'custom',
    403,
    error('This key is associated with a deactivated account.', { code: 'account_deactivated' }),
  ],
  [
    'custom',
    429,
    error('Your access was terminated due to violation of our policies, please check your email', {
      type: 'invalid_request_error',
    }),
  ],
  ['custom', 403, error('Account temporarily blocked', { code: 'account_suspended' })],
  ['custom', 403, error('Your account has been temporarily locked because of unusual activity.')],
  ['custom', 403, { detail: 'User has been banned' }],
  ['custom', 400, { object: 'error', message: 'Your workspace was permanently closed', code: 3000 }],
  ['custom', 403, { message: 'The API key has been disabled by its owner.' }],
  ['custom', 403, error('Your subscription key is no longer valid')],
  ['custom', 403, error('API access has been revoked for your team')],
  ['custom', 429, error('The account org-1 <ak-2> is banned', { type: 'permission_error' })],
  ['custom', 403, error('您的账户已被封禁')],
  ['custom', 403, error('Your API key was flagged and disabled.')],
  ['custom', 403, error('Account suspended')],
  ['custom', 403, error('We have suspended your account. Contact support.')],
  ['custom', 403, error('Your organization has violated our terms and was terminated.')],
  ['custom', 403, error('This account is on hold')],
  ['custom', 400, error('The API key does not exist')],
  ['custom', 403, error('Invalid token')],
  ['custom', 403, { detail: 'Could not validate credentials' }],
  ['custom', 403, error('Forbidden', { code: 'key_revoked' })],
  ['openai', 401, error('You must be a member of an organization to use the API')],
  [
    'openai',
    401,
    error('You have insufficient permissions for this operation. Missing scopes: model.request'),
  ],
  [
    'huggingface',
    403,
    {
      error:
        'This authentication method does not have sufficient permissions to call Inference Providers on behalf of user x',
    },
  ],
])('%s %i: an unusable key is recognised: %j', (vendor, httpStatus, body) => {
  const refusal = read(vendor, httpStatus, body)
  expect(refusal).toMatchObject({ kind: 'bad_credential', untilMs: null, models: '*', scope: 'provider' })
  expect(refusal?.remedy).toBeTypeOf('string')
})

test.each<readonly [string, number, unknown]>([
  [
    'openai',
    429,
    error('Your account is not active, please check your billing details on our website.', {
      code: 'billing_not_active',
    }),
  ],
  ['openai', 429, error('Your account is not active, please check your billing details on our website.')],
  [
    'anthropic',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
      },
    },
  ],
  ['deepseek', 402, error('Insufficient Balance', { code: 'invalid_request_error' })],
  ['custom', 500, { type: 'error', error: { type: 'api_error', message: 'insufficient balance (1008)' } }],
  ['custom', 500, error('Insufficient account balance')],
  ['custom', 503, error('You have run out of credits')],
  [
    'custom',
    429,
    error('insufficient balance (1008)', { http_code: '429', type: 'insufficient_balance_error' }),
  ],
  [
    'custom',
    429,
    error(
      'Your account org-ea <ak-f8> is suspended due to insufficient balance, please recharge your account or check your plan and billing details',
      { type: 'exceeded_current_quota_error' },
    ),
  ],
  ['custom', 429, error('Insufficient balance or no resource package. Please recharge.', { code: '1113' })],
  [
    'custom',
    403,
    {
      code: 30011,
      message:
        'The selected model requires paid balance. Your paid balance is insufficient. Please top up and try again.',
      data: null,
    },
  ],
  [
    'custom',
    400,
    error('Access denied, please make sure your account is in good standing.', {
      type: 'Arrearage',
      code: 'Arrearage',
    }),
  ],
  ['custom', 403, error('Access denied due to overdue account', { code: 'AccountOverdueError' })],
  [
    'custom',
    412,
    error(
      'Account acme is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.',
      { code: 'PRECONDITION_FAILED', type: 'error' },
    ),
  ],
  [
    'xai',
    403,
    {
      code: 'permission-denied',
      error:
        "Your newly created team doesn't have any credits or licenses yet. You can purchase those on the console.",
    },
  ],
  [
    'xai',
    429,
    {
      code: 'Some resource has been exhausted',
      error: 'Your team 16f2 has either used all available credits or reached its monthly spending limit.',
    },
  ],
  [
    'together',
    402,
    error('Credit limit exceeded, please navigate to the billing page.', { type: 'credit_limit' }),
  ],
  [
    'custom',
    400,
    error('Budget has been exceeded! Current cost: 10.1, Max budget: 10', {
      type: 'budget_exceeded',
      code: '400',
    }),
  ],
  [
    'custom',
    403,
    error('用户额度不足, 剩余额度: ¥0.00', { type: 'new_api_error', code: 'insufficient_user_quota' }),
  ],
  ['custom', 403, error('Your prepayment credits are depleted. Please add more credits.')],
  ['custom', 429, error("You've hit your monthly spend limit · raise it in the settings")],
  ['custom', 403, { detail: 'Account does not have enough credits' }],
  ['custom', 401, error('No credits remaining on this account: purchase more credits')],
  ['custom', 403, error('Your subscription package has expired')],
  ['custom', 403, error('Your free trial has ended')],
  ['custom', 403, error('Account balance is $0.00')],
  ['custom', 403, error('No payment method on file')],
  ['custom', 429, error('Your free credits have expired')],
  ['custom', 400, error('[402] Insufficient balance')],
  ['custom', 403, error('[402] Insufficient balance')],
  ['custom', 403, error('user quota is not enough')],
  ['custom', 400, error('Billing hard limit has been reached')],
  ['custom', 403, error('The monthly budget of this team is exceeded')],
  ['custom', 200, { base_resp: { status_code: 1008, status_msg: 'insufficient balance' }, choices: null }],
])('%s %i: a key without money is recognised: %j', (vendor, httpStatus, body) => {
  const refusal = read(vendor, httpStatus, body)
  expect(refusal).toMatchObject({ kind: 'billing', untilMs: null, models: '*' })
  expect(refusal?.remedy).toBeTypeOf('string')
})

test.each([
  ['total', null],
  ['daily', '2026-11-29T00:00:00Z'],
  ['weekly', '2026-11-30T00:00:00Z'],
  ['monthly', '2026-12-01T00:00:00Z'],
])('OpenRouter’s %s limit of a key has the key’s scope, remedy and end', (limit, until) => {
  const body = error(
    `Key limit exceeded (${limit} limit). Manage it using https://openrouter.ai/settings/keys`,
    { code: 403 },
  )
  const refusal = read('openrouter', 403, body)
  expect(refusal).toMatchObject({ kind: 'billing', scope: 'provider', models: '*' })
  expect(refusal?.remedy).toContain('this key’s own limit')
  expect(refusal?.untilMs).toBe(until === null ? null : Date.parse(until))
})

test.each([
  'Key limit exceeded. Manage it using https://openrouter.ai/keys',
  'API key budget exceeded: raise it',
  'You have exceeded the key’s monthly limit',
])('a spending limit of a key is recognised at any vendor: %s', message => {
  expect(read('custom', 403, error(message))).toMatchObject({ kind: 'billing', scope: 'provider' })
  expect(read('custom', 403, error(message))?.remedy).toContain('spending limit of this key')
})

test.each<readonly [string, number, string, string]>([
  [
    'anthropic',
    400,
    'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
    '2026-12-01T00:00:00Z',
  ],
  ['custom', 400, 'You have reached your API usage limit. It resets on Dec 1, 2026.', '2026-12-01T00:00:00Z'],
  ['custom', 403, 'Your account has been suspended until 2026-12-05T12:00:00Z.', '2026-12-05T12:00:00Z'],
  [
    'custom',
    403,
    'Spending limit reached. Access will be restored on 1 January 2027',
    '2027-01-01T00:00:00Z',
  ],
  ['custom', 402, 'Out of credits; renews at 1796083200', '2026-12-01T00:00:00Z'],
  ['custom', 403, 'Monthly quota exceeded, resets on 2026-12-01', '2026-12-01T00:00:00Z'],
])('%s %i: the stated date is the key’s return: %s', (vendor, httpStatus, message, until) => {
  // A requested pause is not the return.
  for (const headers of [{}, { 'retry-after': '20' }]) {
    expect(read(vendor, httpStatus, error(message), headers)?.untilMs).toBe(Date.parse(until))
  }
})

test.each<readonly [number, unknown, number]>([
  [
    429,
    error(
      'Your account has been temporarily blocked due to too many requests. Please try again in 30 seconds.',
    ),
    30,
  ],
  [429, error('Too many requests: your API key has been temporarily locked. Retry in 45 seconds.'), 45],
  [429, error('Your API key is locked for sending requests too quickly. Retry in 5 seconds'), 5],
  [429, error('Your account was suspended because of excessive requests, retry in 10 minutes'), 600],
  [429, error('Your organization is temporarily suspended', { retry_after: 20 }), 20],
  [429, error('Temporarily locked', { code: 'account_locked', retry_after_ms: 15_000 }), 15],
  [403, error('Your account has been temporarily locked. Try again in 30 seconds.'), 30],
])('%i: a block that ends by itself is a limit, not a dead key: %j', (httpStatus, body, seconds) => {
  for (const vendor of ['custom', 'openai', 'gemini', 'openrouter']) {
    const refusal = read(vendor, httpStatus, body)
    expect(refusal).toMatchObject({ kind: 'unknown', models: '*', untilMs: receivedAtMs + seconds * 1_000 })
    expect(refusal?.remedy).toBeNull()
  }
})

test('such a block may state its end in a header alone', () => {
  const blocked = error('Your account has been temporarily blocked due to too many requests.')
  expect(read('custom', 429, blocked, { 'retry-after': '30' })).toMatchObject({
    kind: 'unknown',
    untilMs: receivedAtMs + 30_000,
  })
  // The title states only the status.
  const suspended = { error: 'Too Many Requests', message: 'Your account has been suspended.' }
  expect(read('custom', 429, suspended, { 'retry-after': '30' })?.kind).toBe('bad_credential')
})

test.each<readonly [number, string]>([
  [
    401,
    '<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body><center>nginx</center></body></html>',
  ],
  [
    401,
    '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head><title>401 Unauthorized</title></head><body><p>You supplied the wrong credentials (e.g., bad password).</p></body></html>',
  ],
  [401, '<h1>401 Unauthorized</h1>'],
  [401, '<?xml version="1.0"?><Error><Message>Invalid token</Message></Error>'],
  [401, '<html><script>var x = {"code":"unauthorized"}</script>'],
  [403, '<html><body>Not authenticated by proxy</body></html>'],
  [403, '<html><title>Account suspended</title><body>This account has been suspended.</body></html>'],
  [400, '<html>Your API key is invalid</html>'],
  [429, '<html><body>Your account has been blocked</body></html>'],
])('%i: a page confirms nothing about a key: %s', (httpStatus, page) => {
  for (const vendor of ['custom', 'openai', 'gemini', 'huggingface']) {
    for (const body of [page, error(page)])
      expect(read(vendor, httpStatus, body)?.kind ?? 'none').toBe(
        httpStatus === 401 || httpStatus === 429 ? 'unknown' : 'none',
      )
  }
})

test('a past date is ignored', () => {
  const message =
    'You have reached your specified API usage limits. You will regain access on 2026-11-01 at 00:00 UTC.'
  expect(read('anthropic', 400, error(message))).toMatchObject({ kind: 'billing', untilMs: null })
})

test.each<readonly [string, number, unknown]>([
  ['a value out of range', 400, error("'temperature' must be at most 2", { type: 'invalid_request_error' })],
  [
    'too long a prompt',
    400,
    error("This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.", {
      code: 'context_length_exceeded',
    }),
  ],
  [
    'words of the request',
    400,
    error("Invalid value: 'insufficient balance'. Supported values are: 'low' and 'high'."),
  ],
  ['words of the request', 400, error('Invalid content "Your API key has been revoked" at messages[0]')],
  ['words of the request', 422, { detail: [{ msg: 'insufficient balance', loc: ['body', 'messages'] }] }],
  ['a tool about money', 400, error("Invalid schema for function 'get_balance': not enough properties")],
  ['a tool about keys', 400, error('Tool `api_key_rotate` is disabled when `strict` is set')],
  [
    'content',
    400,
    error('Your request was rejected as a result of our safety system.', {
      code: 'content_policy_violation',
    }),
  ],
  [
    'content',
    400,
    error(
      'The response was filtered due to the prompt triggering Azure OpenAI’s content management policy.',
      { code: 'content_filter' },
    ),
  ],
  [
    'content',
    403,
    error('Your prompt was flagged as potentially violating our usage policy and has been blocked.'),
  ],
  [
    'a region',
    403,
    error('Country, region, or territory not supported', { code: 'unsupported_country_region_territory' }),
  ],
  [
    'a region',
    400,
    error('User location is not supported for the API use.', { status: 'FAILED_PRECONDITION' }),
  ],
  ['a region', 403, error('Access from your region has been blocked')],
  ['a model', 403, error('Your organization must be verified to use the model x')],
  ['a model', 403, error('Your account is not allowed to use this model')],
  ['a model', 403, error('API key does not have access to the model x, which has been disabled')],
  ['a model', 403, error('This model is disabled for your organization')],
  ['a model', 403, error('The workspace has disabled the model x')],
  ['a model', 403, error('Your key is restricted to models of tier 1')],
  ['a model', 403, error('Access to this model has been restricted')],
  ['a feature', 403, error('Image input is disabled for this project')],
  ['a feature', 400, error('The parameter user is not active in this mode')],
  ['a page of a proxy', 403, '<html><title>403 Forbidden</title></html>'],
  ['an outage', 500, error('The server had an error while processing your request')],
  ['an outage', 503, error('Service unavailable: the billing service does not answer')],
  ['an outage', 500, error('Your API key could not be validated because the account service is disabled')],
  ['an outage', 502, error('quota exceeded')],
  ['an outage', 529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
])('%s is not mistaken for an unusable key: %i %j', (_what, httpStatus, body) => {
  for (const vendor of ['custom', 'openai', 'anthropic', 'groq', 'gemini', 'openrouter', 'huggingface']) {
    expect(['bad_credential', 'billing']).not.toContain(read(vendor, httpStatus, body)?.kind ?? 'none')
  }
})

test('a truncated body is read as far as it goes', () => {
  const cut =
    '{"error":{"message":"Organization has been restricted.","code":"organization_restricted","raw":"'
  expect(read('groq', 400, cut)?.kind).toBe('bad_credential')
  expect(read('custom', 402, '{"error":{"message":"Insufficient balance, plea')?.kind).toBe('billing')
  expect(
    read('custom', 400, '{"error":{"message":"Invalid value: \\"insufficient balance\\"')?.kind,
  ).toBeUndefined()
})

test('an upstream answer quoted by a router does not concern our key', () => {
  const raw = JSON.stringify(error('Your account is suspended due to insufficient balance, please recharge'))
  const body = error('Provider returned error', { code: 429, metadata: { raw, provider_name: 'Moonshot' } })
  for (const vendor of ['openrouter', 'custom'])
    expect(['shared_capacity', 'unknown']).toContain(read(vendor, 429, body)?.kind)
})

test('a request too long for the plan does not affect the key', () => {
  const body = {
    type: 'error',
    error: { type: 'rate_limit_error', message: 'Extra usage is required for long context requests.' },
  }
  expect(read('anthropic', 429, body)).toMatchObject({ kind: 'too_large', untilMs: null })
})

test('an unusable key is also recognised in a stream that began with 200', () => {
  const body = error('Organization has been restricted.', { code: 'organization_restricted' })
  expect(errorStatusOf(body)).toBe(400)
  expect(read('groq', 200, body)).toMatchObject({ kind: 'bad_credential' })
})
