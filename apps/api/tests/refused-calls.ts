import { at, dayHeaders, errorOf, groqDay, wrongKey } from './vendor-answers.js'

const groqMinute = {
  error: {
    message:
      'Rate limit reached for model `m` in organization `org_1` on tokens per minute (TPM): Limit 6000, Used 5477, Requested 1000. Please try again in 4.77s.',
    type: 'tokens',
    code: 'rate_limit_exceeded',
  },
}
const groqTooLarge = {
  error: {
    message:
      'Request too large for model `m` in organization `org_1` on tokens per minute (TPM): Limit 6000, Requested 6294.',
    type: 'tokens',
    code: 'rate_limit_exceeded',
  },
}
const geminiDay = {
  error: {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota.',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [
          { quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier', quotaValue: '5' },
          { quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaValue: '20' },
        ],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '36s' },
    ],
  },
}
const upstream = {
  error: {
    message: 'Provider returned error',
    code: 429,
    metadata: { limit_source: 'upstream_provider_shared_pool' },
  },
}
const noQuota = { error: { code: 'insufficient_quota', message: 'You exceeded your current quota.' } }
const noCredits = { error: 'You have exceeded your monthly included credits for Inference Providers.' }
const keptOut = 'Organization has been restricted. Please reach out to support.'
const usageCap =
  'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.'

/** Anthropic's answer to a subscription. */
const spentWindow = {
  'anthropic-ratelimit-unified-status': 'rejected',
  'anthropic-ratelimit-unified-5h-status': 'rejected',
  'anthropic-ratelimit-unified-5h-reset': String(Date.parse(at(10_800_000)) / 1_000),
}

interface Refused {
  readonly what: string
  readonly vendor: string
  readonly httpStatus: number
  readonly body: unknown
  readonly headers?: Record<string, string>
  /** Whether the model that was called, and another one, are barred. */
  readonly bars: readonly [boolean, boolean]
  /** Until when the one that was called is; null where it is not. */
  readonly backAt: string | null
}

/** Refusals of vendors, and what each bars for how long. */
export const refusals: readonly Refused[] = [
  {
    what: 'a spent day',
    vendor: 'groq',
    httpStatus: 429,
    body: groqDay,
    bars: [true, false],
    backAt: at(578_016),
  },
  {
    what: 'a spent minute',
    vendor: 'groq',
    httpStatus: 429,
    body: groqMinute,
    bars: [true, false],
    backAt: at(4_770),
  },
  {
    what: 'a spent window of a subscription',
    vendor: 'anthropic',
    httpStatus: 429,
    body: errorOf('This request would exceed your account’s rate limit. Please try again later.'),
    headers: spentWindow,
    bars: [true, true],
    backAt: at(10_800_000),
  },
  {
    what: 'a week without a stated return, tried after an hour',
    vendor: 'custom',
    httpStatus: 429,
    body: errorOf('You have reached your weekly usage limit, upgrade for higher limits.'),
    bars: [true, false],
    backAt: at(3_600_000),
  },
  {
    what: 'a request that can never fit',
    vendor: 'groq',
    httpStatus: 413,
    body: groqTooLarge,
    bars: [false, false],
    backAt: null,
  },
  {
    what: 'a Pacific day',
    vendor: 'gemini',
    httpStatus: 429,
    body: [geminiDay],
    bars: [true, false],
    backAt: '2026-11-26T08:00:00.000Z',
  },
  {
    what: 'the shared room of an upstream',
    vendor: 'openrouter',
    httpStatus: 429,
    body: upstream,
    bars: [true, false],
    backAt: at(30_000),
  },
  {
    what: 'no money',
    vendor: 'openai',
    httpStatus: 429,
    body: noQuota,
    bars: [true, true],
    backAt: at(3_600_000),
  },
  {
    what: 'a wrong key',
    vendor: 'openai',
    httpStatus: 401,
    body: wrongKey,
    bars: [true, true],
    backAt: at(3_600_000),
  },
  {
    what: 'no credits this month',
    vendor: 'huggingface',
    httpStatus: 402,
    body: noCredits,
    bars: [true, true],
    backAt: '2026-12-01T00:00:00.000Z',
  },
  {
    what: 'an organization that is shut out',
    vendor: 'groq',
    httpStatus: 400,
    body: errorOf(keptOut, { type: 'invalid_request_error', code: 'organization_restricted' }),
    bars: [true, true],
    backAt: at(3_600_000),
  },
  {
    what: 'a limit of spending that its user has set',
    vendor: 'anthropic',
    httpStatus: 400,
    body: { type: 'error', ...errorOf(usageCap, { type: 'invalid_request_error' }) },
    bars: [true, true],
    backAt: '2026-12-01T00:00:00.000Z',
  },
  {
    what: 'a leaked key',
    vendor: 'gemini',
    httpStatus: 403,
    body: [errorOf('Your API key was reported as leaked. Please use another API key.', { code: 403 })],
    bars: [true, true],
    backAt: at(3_600_000),
  },
  {
    what: 'a key’s own limit of a week',
    vendor: 'openrouter',
    httpStatus: 403,
    body: errorOf('Key limit exceeded (weekly limit). Manage it in the settings', { code: 403 }),
    bars: [true, true],
    backAt: '2026-11-30T00:00:00.000Z',
  },
  {
    what: 'no money, as a fault of the server',
    vendor: 'custom',
    httpStatus: 500,
    body: errorOf('insufficient balance (1008)', { type: 'api_error' }),
    bars: [true, true],
    backAt: at(3_600_000),
  },
  {
    what: 'an access that was terminated',
    vendor: 'custom',
    httpStatus: 429,
    body: errorOf('Your access was terminated due to violation of our policies', {
      type: 'invalid_request_error',
    }),
    bars: [true, true],
    backAt: at(3_600_000),
  },
  {
    what: 'a plan’s limit, in a field',
    vendor: 'custom',
    httpStatus: 429,
    body: errorOf('The usage limit has been reached', {
      type: 'usage_limit_reached',
      resets_in_seconds: 9_720,
    }),
    bars: [true, false],
    backAt: at(9_720_000),
  },
  {
    what: 'a day, in a stream that began with success',
    vendor: 'groq',
    httpStatus: 200,
    body: groqDay,
    bars: [true, false],
    backAt: at(578_016),
  },
  {
    what: 'a day that ends before ours',
    vendor: 'custom',
    httpStatus: 429,
    body: errorOf('Too many requests'),
    headers: { ...dayHeaders, 'x-ratelimit-reset-requests-day': '5000' },
    bars: [true, false],
    backAt: at(5_000_000),
  },
  {
    what: 'a day that ends after ours',
    vendor: 'custom',
    httpStatus: 429,
    body: errorOf('Too many requests'),
    headers: { ...dayHeaders, 'x-ratelimit-reset-requests-day': '72000' },
    bars: [true, false],
    backAt: at(72_000_000),
  },
  {
    what: 'a day that ends before ours, after a short pause',
    vendor: 'custom',
    httpStatus: 429,
    body: errorOf('Too many requests'),
    headers: { ...dayHeaders, 'x-ratelimit-reset-requests-day': '5000', 'retry-after': '20' },
    bars: [true, false],
    backAt: at(5_000_000),
  },
  {
    what: 'a minute, for three days',
    vendor: 'custom',
    httpStatus: 429,
    body: errorOf('Rate limit of 10 requests per minute reached'),
    headers: { 'retry-after': '259200' },
    bars: [true, false],
    backAt: at(60_000),
  },
  {
    what: 'a fault of the request',
    vendor: 'anthropic',
    httpStatus: 400,
    body: errorOf("Invalid value: 'insufficient balance'", { type: 'invalid_request_error' }),
    bars: [false, false],
    backAt: null,
  },
  {
    what: 'a region',
    vendor: 'openai',
    httpStatus: 403,
    body: errorOf('Country, region, or territory not supported'),
    bars: [false, false],
    backAt: null,
  },
  {
    what: 'a fault of its own',
    vendor: 'groq',
    httpStatus: 503,
    body: 'busy',
    headers: { 'retry-after': '60' },
    bars: [false, false],
    backAt: null,
  },
]
