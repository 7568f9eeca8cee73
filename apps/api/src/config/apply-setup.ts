import { byFile, orLater, type Target, unlessGone } from './apply-change.js'
import { applyConsumers } from './apply-consumers.js'
import type { Setup } from './setup.js'

/**
 * Creates and updates the providers, pools, plans and consumers of a configuration file, and removes those that it no
 * longer names, including samples. Idempotent, also with concurrent replicas. A change blocked by calls in flight is logged and left
 * for the next start: refusing to serve until they settle would be worse.
 *
 * @throws QuotaError STORE_UNAVAILABLE; INVALID_INPUT for errors that only the store can detect
 */
export async function applyFileSetup(setup: Setup, { service, log }: Target): Promise<void> {
  for (const pool of setup.pools) {
    await orLater(`pool ${pool.name}`, () => service.upsertPool(pool, byFile), log)
  }
  for (const provider of setup.providers) {
    await orLater(`provider ${provider.name}`, () => service.upsertProvider(provider, byFile), log)
  }
  const names = new Set(setup.providers.map(({ name }) => name))
  for (const { name, managedBy } of await service.providers()) {
    if (managedBy === 'api' || names.has(name)) continue
    await orLater(`provider ${name}`, () => unlessGone(service.removeProvider({ name }, byFile)), log)
  }
  await applyConsumers(setup, { service, log })
  const poolNames = new Set(setup.pools.map(({ name }) => name))
  for (const { name, managedBy } of await service.pools()) {
    if (managedBy === 'api' || poolNames.has(name)) continue
    await orLater(`pool ${name}`, () => unlessGone(service.removePool(name, byFile)), log)
  }
}
