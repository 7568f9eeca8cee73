import { expect, test } from 'vitest'
import type { Reason } from '../api/quota-api.js'
import { refuseConsumer } from './refuse-consumer.js'

const tokens = { limitId: 'tokens/day', metric: 'tokens', window: 'day', units: 900, max: 500 } as const
const money = { limitId: 'cost/month', metric: 'cost', window: 'month', units: 900, max: 500 } as const

/** What a client of "app", which is below "team", or an operator, reads if a consumer denies the call. */
function messageOf(
  by: 'app' | 'team',
  reason: Pick<Reason, 'code'> & Partial<Reason>,
  isOfConsumer: boolean,
): string | undefined {
  const subject = { kind: 'consumer', name: by } as const
  const denied: Reason = { limitId: null, retryAt: null, ...reason, subject }
  const rejections = [{ kind: 'denied', providerName: 'key', model: 'm', reasons: [denied] }] as const
  const served = () => ({ nearest: [], others: 0 })
  return refuseConsumer({ model: 'm', rejections, served, consumer: 'app', isOfConsumer })?.message
}

test.each([
  ['app', { code: 'disabled' }, 'Calls for consumer "app" are disabled.'],
  ['app', { code: 'too_large', ...tokens }, /^For consumer "app" the call needs 900 tokens; .* 500 a day\.$/],
  [
    'app',
    { code: 'too_large', ...money },
    'The call for consumer "app" is larger than the whole of cost/month of consumer "app".',
  ],
  [
    'app',
    { code: 'too_many_users', limitId: 'per-user' },
    /end user of the call .* is new, and per-user of consumer "app" already counts/,
  ],
  [
    'app',
    { code: 'exhausted', limitId: 'tokens/day' },
    'The quota of consumer "app" is used up: tokens/day has no room for this call.',
  ],
] as const)(
  'a client of %s reads of its own %j what bars it, and no figures of money',
  (by, reason, text) => {
    expect(messageOf(by, reason, true)).toMatch(text)
  },
)

test.each([
  { code: 'disabled' },
  { code: 'model_not_allowed' },
  { code: 'provider_not_allowed' },
  { code: 'too_large', ...tokens },
  { code: 'too_large', ...money },
  { code: 'too_many_users', limitId: 'tokens/day' },
  { code: 'exhausted', limitId: 'tokens/day' },
] as const)(
  'of %j of an ancestor a client reads neither name, limit nor figures, and an operator the name',
  reason => {
    const shown = messageOf('team', reason, true)
    expect(shown).toContain('a consumer above it')
    expect(shown).not.toMatch(/team|tokens|cost|900|500/)
    expect(messageOf('team', reason, false)).toContain('consumer "team"')
  },
)
