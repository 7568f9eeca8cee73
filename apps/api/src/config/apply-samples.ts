import type { Target } from './apply-setup.js'
import type { Setup } from './setup.js'

const byDemo = { actor: 'demo', managedBy: 'demo' } as const

/**
 * Sets up the samples where there is no configuration. Whatever was changed or removed by somebody stays
 * so: only what has never been there is added, and all of them where no provider is in use at all.
 * Providers of a configuration that is missing now are left alone, since a lost file must not take the
 * limits with it.
 *
 * @throws QuotaError STORE_UNAVAILABLE
 */
export async function applySamples(setup: Setup, { service, log }: Target): Promise<void> {
  const { state } = await service.read({ type: 'snapshot', providerNames: null, counters: { calls: [] } })
  const known = [...state.providers()]
  const inUse = known.filter(provider => provider.removedAtMs === null)
  const filed = inUse.filter(provider => provider.managedBy === 'file').map(({ name }) => name)
  if (filed.length > 0) {
    const text =
      'no configuration file, but providers of an earlier one: they are kept (a file with "providers: []" removes them)'
    log.warn({ providers: filed }, text)
    return
  }
  const missing = setup.providers.filter(
    ({ name }) => inUse.length === 0 || !known.some(provider => provider.name === name),
  )
  for (const provider of missing) await service.upsertProvider(provider, byDemo)
}
