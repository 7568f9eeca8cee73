import { QuotaError, type QuotaService } from '@quotakeeper/quota-core'
import type { Log } from '../log.js'
import type { Setup } from './setup.js'

const byFile = { actor: 'file', managedBy: 'file' } as const

/** What a setup is applied to, and where is told what could not be. */
export interface Target {
  readonly service: QuotaService
  readonly log: Log
}

/**
 * Makes the providers and pools of a configuration file be, and retires those that it no longer names,
 * the samples among them. Applying the same again changes nothing, and any number of replicas may do it
 * at once. A change that calls in flight stand against is left for the next start, and told in the log:
 * refusing to serve until they are settled would be worse.
 *
 * @throws QuotaError STORE_UNAVAILABLE; INVALID_INPUT for what only the store can tell
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

/** Leaves out, with a word in the log, what calls in flight or other members stand against. */
async function orLater(what: string, change: () => Promise<unknown>, log: Log): Promise<void> {
  try {
    await change()
  } catch (error) {
    if (!(error instanceof QuotaError && error.code === 'IN_USE')) throw error
    log.error({ reason: error.message }, `${what}: the changed configuration is applied at the next start`)
  }
}

/** Another replica that starts at the same time may have been faster: then it is done. */
async function unlessGone(removal: Promise<void>): Promise<void> {
  try {
    await removal
  } catch (error) {
    const isGone =
      error instanceof QuotaError && (error.code === 'UNKNOWN_PROVIDER' || error.code === 'UNKNOWN_POOL')
    if (!isGone) throw error
  }
}
