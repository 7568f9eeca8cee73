import { expect, test } from 'vitest'
import { readSignals } from '../src/index.js'

/** The kind recognised from the message alone, at an unknown vendor. */
function kindOf(httpStatus: number, message: string): string {
  const body = { error: { message } }
  const receivedAtMs = Date.parse('2026-11-28T20:00:00Z')
  const { refusal } = readSignals({ vendor: 'custom', httpStatus, headers: {}, body, receivedAtMs })
  return refusal?.kind ?? 'none'
}

test.each<readonly [number, string]>([
  [
    401,
    'Incorrect API key provided: sk-xxx. You can find your API key at https://platform.openai.com/account/api-keys.',
  ],
  [403, 'The security token included in the request is invalid.'],
  [403, 'Your account has been flagged for abuse and API access has been suspended'],
  [403, 'Access denied: API key revoked by administrator'],
  [403, 'This API key has exceeded its lifetime and is no longer valid'],
  [401, 'Your authentication token has been invalidated. Please try signing in again.'],
  [401, 'token_revoked: Encountered invalidated oauth token for user, failing request'],
  [403, 'Account is disabled'],
  [403, 'This account has been closed.'],
  [403, 'Your account was suspended.'],
  [403, 'Your team has been blocked from using the API.'],
  [400, 'Your organization has been suspended due to suspicious activity'],
  [403, 'API key is blocked'],
  [403, 'API key expired'],
  [403, 'Invalid API key'],
  [400, 'Invalid API Key format'],
  [403, "We've detected that your API key was publicly exposed and have disabled it."],
  [403, 'Your API key has been automatically disabled because it was found to be leaked.'],
  [403, 'The user account associated with this key is suspended'],
  [403, 'The project associated with the API key has been shut down'],
  [403, 'The Google Cloud project has been deleted'],
  [403, 'Your membership has been cancelled'],
  [403, 'Account under review. API access is temporarily suspended.'],
  [429, 'Your access has been terminated'],
  [429, 'account was terminated for abuse'],
  [429, 'access was terminated'],
  [403, 'Access has been permanently revoked for this key'],
])('%i %j: the key is unusable', (httpStatus, message) => {
  expect(kindOf(httpStatus, message)).toBe('bad_credential')
})

test.each<readonly [number, string]>([
  [403, 'Insufficient quota: your balance is 0'],
  [402, 'Payment required'],
  [403, 'You have exceeded your budget limit'],
  [429, 'You have reached your monthly spending cap'],
  [403, 'Your account has a negative balance'],
  [403, 'Your account balance is too low'],
  [400, 'Not enough credits to perform this operation'],
  [403, 'credits exhausted'],
  [403, 'This key has no remaining credits'],
  [403, 'Free tier credits used up. Please upgrade to a paid plan.'],
  [403, 'Your account is past due. Please update your payment information.'],
  [403, 'Your prepaid balance has been depleted'],
  [429, 'Out of credit'],
  [403, 'Spend limit exceeded for this API key'],
  [403, 'Daily spend limit of $5.00 reached for key'],
  [500, 'Insufficient credits'],
  [500, 'Your balance is insufficient, please top up'],
  [503, 'insufficient funds'],
  [400, 'You have run out of free credits. Please add a payment method.'],
  [403, 'Billing is not enabled for this project'],
  [403, 'This API method requires billing to be enabled. Please enable billing on project #1'],
  [429, 'Your credits are used up'],
  [
    403,
    'Usage limit reached for this billing period. Your quota will be refreshed in the next cycle. Upgrade to get more.',
  ],
  [403, 'Weekly limit exceeded for API key'],
  [403, 'The API key has reached its spending limit'],
  [403, 'Your API key has reached its monthly limit of $10'],
])('%i %j: the money is spent', (httpStatus, message) => {
  expect(kindOf(httpStatus, message)).toBe('billing')
})

test.each<readonly [number, string]>([
  [
    400,
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
  ],
  [400, 'Invalid type for messages[0].content: expected a string'],
  [400, 'The user message is not active'],
  [400, 'Tool call id was not found in account history'],
  [400, 'messages: text content blocks must be non-empty'],
  [400, 'prompt is too long: 210000 tokens > 200000 maximum'],
  [400, 'Your input was blocked by our content filter'],
  [400, 'Output blocked by content filtering policy'],
  [400, 'The request was blocked because the prompt mentions a suspended account'],
  [403, 'Your request was blocked.'],
  [
    403,
    'Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions',
  ],
  [403, "You don't have access to the model with the specified model ID."],
  [403, 'This model is not available in your plan'],
  [403, 'The model `x` is restricted for your account'],
  [403, 'Access to model x is disabled for this API key'],
  [403, 'Model x is not enabled for project y'],
  [403, 'Your organization is not allowed to use model x'],
  [403, 'Streaming is disabled for your organization'],
  [403, 'Requests from country XX are blocked'],
  [403, 'Request not allowed'],
  [403, 'User location is not supported'],
  [403, 'Sorry, you have been blocked'],
  [500, 'Internal error: account service disabled'],
  [500, 'Our API key vault is temporarily disabled'],
  [502, 'Upstream account suspended'],
  [503, 'The account service is currently unavailable'],
  [500, 'credit card processor is unavailable'],
  [400, 'Invalid parameter: user is disabled for this endpoint'],
  [400, 'response_format json_schema: property "balance" is required and cannot be zero'],
  [400, "schema property 'key' was deleted"],
  [400, 'Function call_credit has not enough parameters'],
  [422, 'insufficient balance field'],
  [400, 'Thinking budget exceeded max tokens limit'],
  [400, 'Token limit exceeded'],
  [429, 'You exceeded your current quota, please check your plan and billing details.'],
  [429, 'Rate limit reached for your account'],
  [429, 'Too many requests from this API key'],
  [403, 'Project x does not have access to model y'],
  [400, 'The key "foo" is invalid in metadata'],
  [400, 'key is expired in cache_control'],
  [400, 'cached content has expired'],
  [400, 'file was deleted'],
  [400, 'assistant account_balance function returned not enough data'],
  [429, 'Rate limit reached for this API key: 10 requests per minute'],
  [403, 'Your API key has reached its daily request limit'],
])('%i %j: neither', (httpStatus, message) => {
  expect(['bad_credential', 'billing']).not.toContain(kindOf(httpStatus, message))
})
