import type { Limit } from '@quotakeeper/quota-core'
import fc from 'fast-check'

const template = { model: null, per: null, mode: 'enforce', countsCached: true } as const

/** One limit of every kind that a provider or a pool may have. */
const limitsOfKeys: readonly Omit<Limit, 'max'>[] = [
  { ...template, id: 'minute', metric: 'requests', window: 'minute' },
  { ...template, id: 'hour', metric: 'requests', window: 'hour' },
  { ...template, id: 'day', metric: 'characters', window: 'day' },
  { ...template, id: 'month', metric: 'tokens', window: 'month' },
  { ...template, id: 'short', metric: 'requests', window: 'rolling-60s' },
  { ...template, id: 'long', metric: 'tokens', window: 'rolling-1d', countsCached: false },
  { ...template, id: 'input', metric: 'inputTokens', window: 'hour', countsCached: false },
  { ...template, id: 'glob', metric: 'outputTokens', window: 'day', model: 'm-*' },
  { ...template, id: 'each', metric: 'characters', window: 'day', model: '*', per: 'model' },
  { ...template, id: 'each-long', metric: 'requests', window: 'rolling-1d', model: 'm-*', per: 'model' },
  { ...template, id: 'shadow', metric: 'requests', window: 'day', mode: 'shadow' },
  { ...template, id: 'week', metric: 'characters', window: 'week' },
  { ...template, id: 'total', metric: 'requests', window: 'total' },
  { ...template, id: 'flight', metric: 'concurrency', window: null },
  { ...template, id: 'flight-each', metric: 'concurrency', window: null, model: 'm-*', per: 'model' },
  { ...template, id: 'money', metric: 'cost', window: 'day' },
  { ...template, id: 'endless', metric: 'audioSeconds', window: 'day' },
]

const perUser = { ...template, per: 'user' } as const

/** Those of consumers: also for each end user. */
const limitsOfTeams: readonly Omit<Limit, 'max'>[] = [
  ...limitsOfKeys,
  { ...perUser, id: 'user', metric: 'requests', window: 'day' },
  { ...perUser, id: 'user-hour', metric: 'characters', window: 'hour', model: 'm-*' },
  { ...perUser, id: 'user-long', metric: 'tokens', window: 'rolling-1d', countsCached: false },
  { ...perUser, id: 'user-short', metric: 'requests', window: 'rolling-60s', model: 'm-*' },
  { ...perUser, id: 'user-total', metric: 'outputTokens', window: 'total' },
  { ...perUser, id: 'user-money', metric: 'cost', window: 'week' },
  { ...perUser, id: 'user-shadow', metric: 'requests', window: 'month', mode: 'shadow' },
  { ...perUser, id: 'user-endless', metric: 'audioSeconds', window: 'day' },
  { ...perUser, id: 'flight-user', metric: 'concurrency', window: null },
]

/** Few units for each user, so that users spend them; none where the limit only counts. */
function maxOf({ id, per }: Omit<Limit, 'max'>, units: number): number | null {
  if (id.endsWith('endless')) return null
  return per === 'user' ? Math.ceil(units / 5) : units
}

/** One to five different limits of the menu. */
function limitsOf(menu: readonly Omit<Limit, 'max'>[]): fc.Arbitrary<readonly Limit[]> {
  return fc
    .subarray([...menu], { minLength: 1, maxLength: 5 })
    .chain(chosen =>
      fc
        .array(fc.integer({ min: 1, max: 40 }), { minLength: chosen.length, maxLength: chosen.length })
        .map(maxima => chosen.map((kind, index) => ({ ...kind, max: maxOf(kind, maxima[index] ?? 1) }))),
    )
}

/** Limits of a provider or a pool. */
export const randomLimitsOfKey: fc.Arbitrary<readonly Limit[]> = limitsOf(limitsOfKeys)

/** Limits of a consumer. */
export const randomLimitsOfTeam: fc.Arbitrary<readonly Limit[]> = limitsOf(limitsOfTeams)
