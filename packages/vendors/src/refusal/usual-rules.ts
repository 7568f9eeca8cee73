import type { RefusalRule } from './refusal-rule.js'

/**
 * What holds wherever a vendor's own table says nothing else. Order matters: money and credentials are told
 * by name before the status is asked.
 * Sources (looked up 2026-11-25): https://api-docs.deepseek.com/quick_start/error_codes,
 * https://www.developersdigest.tech/errors/api/openrouter, and the recorded answers in tests/fixtures.
 */
export const usualRules: readonly RefusalRule[] = [
  {
    names: [
      'insufficient_quota',
      'billing_not_active',
      'billing_hard_limit_reached',
      'billing_error',
      'credit_balance_too_low',
      'insufficient_balance',
      'enforced_spend_limit_reached',
      'spend_limit_reached',
    ],
    kind: 'billing',
    models: '*',
  },
  {
    statuses: [400, 402, 403, 429],
    says: /credit balance is too low|used all available credits|run out of credits|monthly spending limit|insufficient (?:balance|credits?|funds)|prepa(?:id|yment) credits|spend(?:ing)? limit (?:reached|exceeded)/i,
    kind: 'billing',
    models: '*',
  },
  {
    statuses: [400, 401, 403],
    names: ['invalid_api_key', 'incorrect_api_key', 'wrong_api_key', 'api_key_invalid', 'api_key_expired'],
    kind: 'bad_credential',
    models: '*',
  },
  {
    statuses: [400, 403],
    says: /api[ _-]?key (?:is )?(?:not valid|invalid|expired)|(?:invalid|incorrect) api[ _-]?key/i,
    kind: 'bad_credential',
    models: '*',
  },
  // A bare 401 may be a proxy's: it takes words about the key to confirm that the key is bad.
  {
    statuses: [401],
    says: /api[ _-]?key|credential|authenticat|authoriz|token|password|user not found/i,
    kind: 'bad_credential',
    models: '*',
  },
  {
    statuses: [401],
    names: ['authentication_error', 'unauthenticated'],
    kind: 'bad_credential',
    models: '*',
  },
  { statuses: [402], kind: 'billing', models: '*' },
  // Groq's answer when its flexible tier has no room.
  { statuses: [498], kind: 'shared_capacity' },
  {
    statuses: [413, 429],
    says: /request (?:is )?too large|request entity too large/i,
    kind: 'too_large',
  },
  { statuses: [413], kind: 'too_large' },
  {
    statuses: [429],
    names: [
      'overloaded_error',
      'engine_overloaded',
      'queue_exceeded',
      'model_capacity_exhausted',
      'capacity_exceeded',
    ],
    kind: 'shared_capacity',
  },
  {
    statuses: [429],
    says: /capacity exceeded|at capacity|no capacity|out of capacity|overloaded|high traffic|temporarily rate-limited upstream|too busy/i,
    kind: 'shared_capacity',
  },
  { statuses: [429], kind: 'rate' },
]
