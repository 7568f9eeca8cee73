import { expect, test } from 'vitest'
import { readSignals } from '../src/index.js'

const receivedAtMs = Date.parse('2026-11-30T12:00:00Z')
const said = (message: string, rest: object = {}) => ({ error: { message, ...rest } })

function read(vendor: string, httpStatus: number, body: unknown) {
  return readSignals({ vendor, httpStatus, headers: {}, body, receivedAtMs }).refusal
}

/** Answers that users of the vendors have published, 2024 to 2026. */
type Published = readonly [vendor: string, httpStatus: number, body: unknown]

test.each<Published>([
  ['anthropic', 400, said("You're out of extra usage. Add more at claude.ai/settings/usage and keep going.")],
  [
    'anthropic',
    400,
    said(
      "Third-party apps now draw from your extra usage, not your plan limits. We've added a $20 credit to get you started.",
    ),
  ],
  [
    'custom',
    429,
    said(
      'Your GLM Coding Plan package has expired and is temporarily unavailable. You can resume using it after renewing.',
      { code: '1309' },
    ),
  ],
  ['custom', 429, { code: 'PrepaidBillOverdue', message: 'The prepaid bill is overdue.' }],
  ['custom', 429, { code: 'PostpaidBillOverdue', message: 'Overdue' }],
  ['custom', 429, said('To use Codex with your ChatGPT plan, upgrade', { type: 'usage_not_included' })],
  ['custom', 403, { code: 403, reason: 'NOT_ENOUGH_BALANCE', message: 'Refused', metadata: {} }],
  [
    'gemini',
    429,
    said('Resource has been exhausted (e.g. check quota).', {
      details: [{ reason: 'INSUFFICIENT_G1_CREDITS_BALANCE', metadata: { error_number: '2008' } }],
    }),
  ],
  [
    'custom',
    401,
    {
      detail: {
        status: 'quota_exceeded',
        message:
          'This request exceeds your quota of 10000. You have 0 credits remaining, while 91 credits are required for this request.',
      },
    },
  ],
  [
    'custom',
    429,
    said('ExceededTokenBudget: Current spend for token: 7.2e-05; Max Budget for Token: 2e-07', {
      type: 'auth_error',
    }),
  ],
])('%s %i: the money is spent: %j', (...answer) =>
  expect(read(...answer)).toMatchObject({ kind: 'billing', models: '*', untilMs: null }),
)

test.each<Published>([
  [
    'custom',
    429,
    said(
      'Your account [2100] has reached the set inference limit for the [doubao-seed-1-6] model, and the model service has been paused.',
      { code: 'SetLimitExceeded', type: 'TooManyRequests' },
    ),
  ],
  [
    'custom',
    429,
    said('Your account 21 has exhausted its free inference quota for the doubao-x model.', {
      code: 'QuotaExceeded',
    }),
  ],
])('%s %i: the money for one model is spent: %j', (...answer) =>
  expect(read(...answer)).toMatchObject({ kind: 'billing', models: null, untilMs: null }),
)

test('what is left may suffice for a smaller request', () => {
  const message =
    'This request exceeds your quota of 10000. You have 11 credits remaining, while 70 credits are required for this request.'
  expect(read('custom', 401, { detail: { status: 'quota_exceeded', message } })?.kind).toBe('too_large')
})

test('Alibaba’s tokens a minute are refused in OpenAI’s words for missing money', () => {
  const message = 'You exceeded your current quota, please check your plan and billing details.'
  const names = { type: 'insufficient_quota', code: 'insufficient_quota' }
  const link = 'https://help.aliyun.com/zh/model-studio/error-code#token-limit'
  expect(read('custom', 429, said(`${message} For details, see: ${link}`, names))).toMatchObject({
    kind: 'minute',
    untilMs: receivedAtMs + 60_000,
  })
  expect(read('custom', 429, said(message, names))?.kind).toBe('billing')
})

test.each<Published>([
  [
    'anthropic',
    403,
    said('OAuth authentication is currently not allowed for this organization.', {
      type: 'permission_error',
    }),
  ],
  [
    'anthropic',
    400,
    said(
      'This credential is only authorized for use with Claude Code and cannot be used for other API requests.',
    ),
  ],
  [
    'gemini',
    403,
    said('Request had insufficient authentication scopes.', {
      details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }],
    }),
  ],
  ['custom', 403, { Message: 'The security token included in the request is expired' }],
  ['custom', 403, { status: 403, title: 'Forbidden', detail: 'Authorization failed' }],
  ['custom', 401, { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.', request_id: 'x' }],
  ['custom', 403, { detail: 'Forbidden: Bad or missing API token.' }],
  [
    'custom',
    401,
    { detail: { status: 'detected_unusual_activity', message: 'Unusual activity detected. Free Tier off.' } },
  ],
  ['custom', 403, said('无效的令牌')],
  ['custom', 403, said('API Key 已被禁用')],
  ['custom', 403, said('用户已被封禁')],
  ['custom', 401, said('身份验证失败。', { code: '1000' })],
  ['custom', 200, { base_resp: { status_code: 1004, status_msg: 'login fail: Please carry the key' } }],
])('%s %i: the key is unusable: %j', (...answer) =>
  expect(read(...answer)).toMatchObject({ kind: 'bad_credential', models: '*', untilMs: null }),
)

test.each<Published>([
  ['custom', 403, { code: 'AccessDenied.Unpurchased', message: 'Access to model denied.' }],
  ['custom', 403, { code: 'Model.AccessDenied', message: 'Model access denied.' }],
  ['custom', 429, { code: 'CommodityNotPurchased', message: 'Commodity has not purchased yet.' }],
  ['custom', 429, said('当前订阅套餐暂未开放GLM-5权限', { code: '1311' })],
  ['custom', 403, said('该令牌无权使用模型：gpt-5')],
  ['custom', 404, said('模型不存在，请检查模型代码。', { code: '1211' })],
  ['custom', 404, said('The model or endpoint x does not exist or you do not have access to it.')],
  ['custom', 404, said('Your account 21 has not activated the model x.', { code: 'ModelNotOpen' })],
  ['custom', 404, said('The x model does not support this plan.', { code: 'UnsupportedModel' })],
  ['custom', 403, { error: 'this model requires a subscription, upgrade for access' }],
  ['custom', 401, { type: 'error', error: { type: 'ModelError', message: 'Model x is not supported' } }],
  [
    'custom',
    403,
    { status: 403, detail: 'Public API Endpoints for this model are not available for your account' },
  ],
  ['custom', 403, { err_code: 'X', err_msg: 'Project does not have access to the requested model.' }],
  ['custom', 403, said('Forbidden – key abc not authorized to access the requested model.')],
  [
    'custom',
    403,
    { Message: 'User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel on resource' },
  ],
  ['gemini', 404, said('This model models/gemini-2.5-flash is no longer available to new users.')],
])('%s %i: the model is not for this key: %j', (...answer) =>
  expect(read(...answer)?.kind).toBe('unknown_model'),
)

test.each<Published>([
  ['custom', 429, said('该模型当前访问量过大，请您稍后再试', { code: '1305' })],
  ['custom', 429, said('当前分组上游负载已饱和，请稍后再试')],
  ['custom', 429, said('The service is currently unable to handle this due to server overload.')],
  ['custom', 429, { detail: 'Infrastructure is at maximum capacity, try again later' }],
  ['custom', 429, said('Model busy, retry later')],
  ['custom', 429, { detail: { status: 'system_busy', message: 'The system has heavy traffic.' } }],
  ['openai', 429, said('Resource unavailable', { code: 'resource_unavailable', type: 'server_error' })],
])('%s %i: the vendor lacks capacity: %j', (...answer) =>
  expect(read(...answer)?.kind).toBe('shared_capacity'),
)

test('beside an offer of credits, a stated return is that of a limit', () => {
  const message =
    'You’ve hit your usage limit. Visit https://chatgpt.com/codex to purchase more credits or try again at Dec 4th, 2026 10:58 AM.'
  expect(read('custom', 429, said(message))).toMatchObject({
    kind: 'unknown',
    untilMs: Date.parse('2026-12-04T10:58:00Z'),
  })
})

test('a burst at Alibaba is a limit, also where a router passes it on with 400', () => {
  const message =
    'Upstream error from Alibaba: Request rate increased too quickly. To ensure system stability, please adjust your client logic.'
  expect(read('custom', 400, said(message))?.kind).toBe('unknown')
})

test.each<readonly [httpStatus: number, body: unknown]>([
  [400, said("Missing required parameter: 'api_key'.")],
  [400, said('tools.0.custom.input_schema: missing credentials property')],
  [400, said('The unusual activity detected in log is not valid JSON')],
  [
    400,
    said("Failed to call a function. See 'failed_generation'.", { failed_generation: '余额不足 已停用' }),
  ],
  [400, said('This model does not support assistant message prefill.')],
  [400, said('The image is no longer available at the URL')],
  [400, said('model output is no longer available')],
  [400, said('thinking.budget_tokens: exceeded budget')],
  [400, said("Invalid 'messages[2].content': 'You have 0 credits left'")],
  [400, said('Authorization failed when fetching image url')],
  [400, said('上下文长度超过上限')],
  [403, said('This feature requires a subscription')],
  [404, said("Previous response with id 'resp_123' not found.")],
  [422, { detail: [{ type: 'missing', loc: ['body', 'api_key'], msg: 'Field required' }] }],
  [500, said('The plan has expired cache entries')],
  [503, said('服务器繁忙，请稍后再试')],
])('%i is of the request, or of the server: %j', (httpStatus, body) => {
  for (const vendor of ['custom', 'openai', 'anthropic', 'gemini'])
    expect(read(vendor, httpStatus, body)).toBeNull()
})
