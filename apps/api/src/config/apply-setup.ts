import { QuotaError, type QuotaService } from '@quotakeeper/quota-core'
import type { Log } from '../log.js'
import type { Setup } from './setup.js'

const byFile = { actor: 'file', managedBy: 'file' } as const

/** Where a setup is applied, and the log for what could not be. */
export interface Target {
  readonly service: QuotaService
  readonly log: Log
}

/**
 * Creates and updates the providers and pools of a configuration file, and removes those that it no longer names,
 * including samples. Idempotent, also with concurrent replicas. A change blocked by calls in flight is logged and left
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
    await orLater(`provider ${name}`, () => unlessGone(service.removeProvider(name, byFile)), log)
  }
  const poolNames = new Set(setup.pools.map(({ name }) => name))
  for (const { name, managedBy } of await service.pools()) {
    if (managedBy === 'api' || poolNames.has(name)) continue
    await orLater(`pool ${name}`, () => unlessGone(service.removePool(name, byFile)), log)
  }
}

/** Skips and logs a change blocked by calls in flight or by other members. */
async function orLater(what: string, change: () => Promise<unknown>, log: Log): Promise<void> {
  try {
    await change()
  } catch (error) {
    if (!(error instanceof QuotaError && error.code === 'IN_USE')) throw error
    log.error({ reason: error.message }, `${what}: the changed configuration is applied at the next start`)
  }
}

/** Ignores removals that another starting replica has already made. */
async function unlessGone(removal: Promise<void>): Promise<void> {
  try {
    await removal
  } catch (error) {
    const isGone =
      error instanceof QuotaError && (error.code === 'UNKNOWN_PROVIDER' || error.code === 'UNKNOWN_POOL')
    if (!isGone) throw error
  }
}
