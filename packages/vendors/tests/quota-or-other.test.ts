import { describe, expect, test } from 'vitest'
import { readSignals } from '../src/index.js'

const receivedAtMs = Date.parse('2026-11-25T12:00:00Z')

function refusalOf(vendor: string, httpStatus: number, error: unknown) {
  return readSignals({ vendor, httpStatus, headers: {}, body: error, receivedAtMs }).refusal
}

const said = (message: string, names: object = {}) => ({ error: { message, ...names } })

/** Sources: answers quoted in public issues of clients of the vendors. */
describe('an offer of a higher limit beside a rate limit is not missing money', () => {
  test('OpenAI’s accounts without a payment method', () => {
    const message =
      'Rate limit reached for default-gpt-3.5-turbo in organization org-x on requests per min. Limit: 3 / min. Please try again in 20s. Please add a payment method to your account to increase your rate limit.'
    expect(refusalOf('openai', 429, said(message, { type: 'requests' }))).toMatchObject({
      kind: 'minute',
      limit: 3,
      retryAfterMs: 20_000,
    })
  })

  test.each([
    ['Rate limit exceeded: 20 requests per minute. Add credits to unlock more.', 'minute'],
    ['You have exceeded your daily request limit of 100. Please add credits or try again tomorrow.', 'day'],
    ['You have hit the rate limit. Buy more credits for higher limits, or retry in 10 seconds.', 'unknown'],
  ])('%s', (message, kind) => expect(refusalOf('custom', 429, said(message))?.kind).toBe(kind))

  test.each<readonly [number, string]>([
    [429, 'Insufficient balance or no resource package. Please recharge.'],
    [429, 'Free credit is gone, please add credits.'],
    [403, 'Requests per day are free no more. Please add a payment method.'],
  ])('%i %s: it is', (status, message) =>
    expect(refusalOf('custom', status, said(message))?.kind).toBe('billing'),
  )
})

describe('a quota at 403', () => {
  test.each<readonly [string, number | null]>([
    ['Out of call volume quota. Quota will be replenished in 02:27:14.', 8_834_000],
    [
      'Out of call volume quota for CognitiveServices F0 pricing tier. Please retry after 13 days.',
      13 * 86_400_000,
    ],
    ['Token quota is exceeded. Try again in 57 seconds.', 57_000],
    ['You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', null],
    ['Request limit reached for today', 43_200_000],
  ])('%s', (message, waitMs) => {
    const refusal = refusalOf('custom', 403, { statusCode: 403, message })
    expect(refusal).toMatchObject({ retryAfterMs: waitMs })
    expect(['unknown', 'day']).toContain(refusal?.kind)
  })

  test.each(['dailyLimitExceeded', 'userRateLimitExceeded'])('by Google’s name %s', reason =>
    expect(refusalOf('custom', 403, said('No', { errors: [{ reason }] }))).not.toBeNull(),
  )

  test('other denials are none', () => {
    for (const message of ['Permission denied on resource project x', 'Request blocked'])
      expect(refusalOf('custom', 403, said(message))).toBeNull()
  })
})

test.each([
  'Access denied due to invalid subscription key or wrong API endpoint.',
  'Invalid Access Key',
  'Wrong secret key',
  'Missing bearer',
  'JWT expired',
  'invalid signature',
  'Unauthorised request',
])('401 %s: the key is unusable', message =>
  expect(refusalOf('azure', 401, said(message))?.kind).toBe('bad_credential'),
)

describe('a model that this key may not call', () => {
  test.each<readonly [number, unknown]>([
    [
      403,
      said('The model `x` is blocked at the project level.', { code: 'model_permission_blocked_project' }),
    ],
    [403, said('The model `x` is blocked.', { code: 'model_permission_blocked_org' })],
    [400, said('The model `x` requires terms acceptance.', { code: 'model_terms_required' })],
    [401, said('key not allowed to access model.', { type: 'key_model_access_denied', code: '401' })],
    [403, { message: "You don't have access to the model with the specified model ID." }],
    [
      403,
      said('Your API key does not have permission to use the specified resource.', {
        type: 'permission_error',
      }),
    ],
    [403, { code: 'permission-denied', error: 'Your team is not authorized to perform this action.' }],
    [403, said('Your organization is not allowed to use model x')],
    [404, { status: 404, title: 'Not Found', detail: "Function '8f4e': Not found for account 'abc'" }],
    [410, { status: 410, title: 'Gone', detail: "The model 'x' has reached its end of life on 2026-08-07." }],
    [404, said('No endpoints found matching your data policy (Free model publication).')],
  ])('%i %j', (status, body) => expect(refusalOf('custom', status, body)?.kind).toBe('unknown_model'))
})

test('a permission that is missing for another reason is refused for that reason', () => {
  const lacking = 'Your organization does not have permission to call models'
  const kindOf = (status: number, message: string) => refusalOf('custom', status, said(message))?.kind
  expect(kindOf(403, `${lacking}: insufficient credits.`)).toBe('billing')
  expect(kindOf(403, `${lacking}: daily quota exceeded.`)).toBe('day')
  // Of 401 nothing says whether another model would do.
  expect(kindOf(401, lacking)).not.toBe('unknown_model')
})

test('xAI’s free tokens are spent for the day, not for seconds', () => {
  const error =
    "You've used all the included free usage for model grok-x for now. Usage resets over a rolling 24-hour window — tokens (actual/limit): 1,065,387/1,000,000."
  const code = 'subscription:free-usage-exhausted'
  expect(refusalOf('xai', 429, { code, error })).toMatchObject({
    kind: 'day',
    metric: 'tokens',
    used: 1_065_387,
    limit: 1_000_000,
  })
})

test('a lack of capacity in Azure’s words is not a limit', () => {
  const message = 'The system is currently experiencing high demand and cannot process your request.'
  expect(refusalOf('azure', 429, said(message, { code: 'NoCapacity' }))?.kind).toBe('shared_capacity')
})

test('a free allowance of one model that does not return is billing for that model alone', () => {
  const named = said('The free tier of the model has been exhausted.', {
    code: 'AllocationQuota.FreeTierOnly',
  })
  expect(refusalOf('custom', 403, named)).toMatchObject({ kind: 'billing', models: null })
})

test('a limit is read with its suffix, and never as its first digits', () => {
  const limitOf = (limit: string) =>
    refusalOf('custom', 429, said(`Limit ${limit} requests per day reached`))?.limit
  expect(['5k', '1.5M', '30 000', '30\u202f000'].map(limitOf)).toEqual([5_000, 1_500_000, 30_000, 30_000])
  expect(['0.5', '1.000', '2.25'].map(limitOf)).toEqual([null, null, null])
})
