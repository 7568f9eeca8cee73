import { expect, test } from 'vitest'
import { isTrial, type ReasonParts, reasonText } from './reason-text.js'

const retryAt = '2026-11-29T00:00:00.000Z'
const provider = { kind: 'provider', name: 'groq_1' }
const pool = { kind: 'pool', name: 'org' }
const cooling = { code: 'cooling_down', limitId: null, retryAt }

test.each<[ReasonParts, string]>([
  [
    { code: 'exhausted', limitId: 'requests/day', retryAt, subject: provider },
    'requests/day has no room, back at 2026-11-29T00:00:00.000Z',
  ],
  [{ code: 'exhausted', limitId: 'requests/day', retryAt: null }, 'requests/day has no room'],
  [
    { code: 'exhausted', limitId: 'requests/day', retryAt, subject: pool },
    'requests/day of pool org has no room, back at 2026-11-29T00:00:00.000Z',
  ],
  // A later kind of subject needs no change here.
  [
    {
      code: 'exhausted',
      limitId: 'cost/month',
      retryAt: null,
      subject: { kind: 'consumer', name: 'team a' },
    },
    'cost/month of consumer team a has no room',
  ],
  [
    { code: 'too_large', limitId: 'tokens/rolling-60s', retryAt: null },
    'the call is larger than the whole limit of tokens/rolling-60s',
  ],
  [
    {
      ...{ code: 'too_large', limitId: 'characters/day', retryAt: null, subject: provider },
      ...{ metric: 'characters', window: 'day', units: 15_000, max: 14_400 },
    },
    'the call needs 15,000 characters; the limit is 14,400 a day',
  ],
  [
    {
      ...{ code: 'too_large', limitId: 'tokens/rolling-60s@llama-*', retryAt: null, subject: pool },
      ...{ metric: 'tokens', window: 'rolling-60s', units: 1_234_567, max: 600 },
    },
    'the call needs 1,234,567 tokens; the limit tokens/rolling-60s@llama-* of pool org is 600 in 60 s',
  ],
  [
    {
      ...{ code: 'too_large', limitId: 'cost/month', retryAt: null },
      ...{ metric: 'cost', window: 'month', units: 1_200_005, max: 500_000 },
    },
    'the call needs $1.200005; the limit is $0.50 a month',
  ],
  [
    {
      ...{ code: 'too_large', limitId: 'requests/total', retryAt: null },
      ...{ metric: 'requests', window: 'total', units: 1, max: 0 },
    },
    'the call needs 1 request; the limit is 0 in total',
  ],
  [
    { code: 'price_unknown', limitId: 'cost/month', retryAt: null, subject: pool },
    'the price is unknown, and cost/month of pool org limits cost',
  ],
  [cooling, 'the vendor refuses calls, back at 2026-11-29T00:00:00.000Z'],
  [
    { ...cooling, cause: 'bad_credential', httpStatus: 401 },
    'the vendor refuses calls for lack of a valid key (HTTP 401): set one',
  ],
  [
    { ...cooling, cause: 'billing', httpStatus: null },
    'the vendor refuses calls for lack of money: check its billing',
  ],
  [{ code: 'disabled', limitId: null, retryAt: null }, 'disabled'],
  [{ code: 'model_not_served', limitId: null, retryAt: null }, 'does not serve the model'],
  [
    { code: 'too_many_users', limitId: 'each', retryAt: null, subject: { kind: 'consumer', name: 'acme' } },
    'each of consumer acme has reached its maximum number of users',
  ],
  [
    { code: 'busy', limitId: null, retryAt, subject: provider },
    'its quota is locked by another process, back at 2026-11-29T00:00:00.000Z',
  ],
  [{ code: 'no_key', limitId: null, retryAt: null, variable: 'GROQ_API_KEY_2' }, 'GROQ_API_KEY_2 is not set'],
  [{ code: 'no_key', limitId: null, retryAt: null, variable: null }, 'no key is set'],
  [{ code: 'no_key', limitId: null, retryAt: null }, 'no key is set'],
  // Of a newer release.
  [
    { code: 'spend_paused', limitId: 'cost/day', retryAt },
    'spend paused (cost/day), back at 2026-11-29T00:00:00.000Z',
  ],
  [{ code: 'constructor', limitId: null, retryAt: null }, 'constructor'],
])('%o is "%s"', (reason, text) => expect(reasonText(reason)).toBe(text))

test('instants are formatted by the caller, or omitted', () => {
  const reason = { code: 'exhausted', limitId: 'requests/day', retryAt }
  expect(reasonText(reason, () => 'tomorrow 00:00')).toBe('requests/day has no room, back tomorrow 00:00')
  expect(reasonText(reason, null)).toBe('requests/day has no room')
})

test.each([
  ['bad_credential', true],
  ['billing', true],
  ['rate_limit', false],
  [undefined, false],
])('after %s, an instant is that of a trial: %s', (cause, expected) => {
  expect(isTrial({ cause })).toBe(expected)
})
