import type { PoolInput, ProviderInput, QuotaTracker } from '@quotakeeper/quota-core'

/** Two keys of one organisation share its limits. */
export const organisation: PoolInput = {
  name: 'organisation',
  limits: [
    { metric: 'requests', window: 'day', max: 1_000_000 },
    { metric: 'inputTokens', window: 'total', max: 10_000_000 },
    { metric: 'characters', window: 'rolling-3s', max: 20_000 },
  ],
}

/** Never spent, so that there is always something to write. */
const roomy: ProviderInput = {
  name: 'roomy',
  vendor: 'custom',
  limits: [
    { metric: 'requests', window: 'day', max: 10_000_000 },
    { metric: 'tokens', window: 'hour', max: null },
  ],
}

/** Spent after a few seconds, to the last unit. */
const daily: ProviderInput = {
  name: 'daily',
  vendor: 'custom',
  pool: 'organisation',
  limits: [
    { metric: 'characters', window: 'day', max: 40_000 },
    { metric: 'requests', window: 'hour', max: 900_000 },
  ],
}

/** Refills all the time; what expires is given back. */
const rolling: ProviderInput = {
  name: 'rolling',
  vendor: 'custom',
  pool: 'organisation',
  onExpiry: 'release',
  limits: [{ metric: 'requests', window: 'rolling-2s', max: 60 }],
}

/** Spent each minute, and whole again in the next. */
const minutely: ProviderInput = {
  name: 'minutely',
  vendor: 'custom',
  limits: [
    { metric: 'requests', window: 'minute', max: 150 },
    { metric: 'tokens', window: 'minute', max: 30_000 },
  ],
}

/** Counts its models apart. */
const modelled: ProviderInput = {
  name: 'modelled',
  vendor: 'custom',
  limits: [
    { id: 'each', metric: 'requests', window: 'day', max: 60, model: 'llama-*', per: 'model' },
    { id: 'all', metric: 'outputTokens', window: 'rolling-2s', max: 8_000 },
  ],
}

/** Every provider of the fire. All days are those of UTC. */
export const providers = [
  roomy,
  daily,
  rolling,
  minutely,
  modelled,
] as const satisfies readonly ProviderInput[]

/** Creates what the fire burns on. */
export async function createWorld(tracker: QuotaTracker): Promise<void> {
  await tracker.upsertPool(organisation)
  for (const provider of providers) await tracker.upsertProvider(provider)
}
