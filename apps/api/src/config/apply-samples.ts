import { type Target, unlessChanged } from './apply-change.js'
import type { Setup } from './setup.js'

const byDemo = { actor: 'demo', managedBy: 'demo' } as const

/**
 * Creates the samples if there is no configuration file. Changed and removed samples stay so: adds only samples that
 * never existed, or all of them if no provider is in use. Providers of an earlier configuration file are kept, since a
 * lost file must not remove limits. A provider that somebody makes meanwhile does not become a sample.
 *
 * @returns whether samples are used
 * @throws QuotaError STORE_UNAVAILABLE
 */
export async function applySamples(setup: Setup, { service, log }: Target): Promise<boolean> {
  const { state } = await service.read({ type: 'snapshot', providerNames: null, counters: { calls: [] } })
  const known = [...state.providers()]
  const inUse = known.filter(provider => provider.removedAtMs === null)
  const filed = inUse.filter(provider => provider.managedBy === 'file').map(({ name }) => name)
  if (filed.length > 0) {
    const text =
      'no configuration file: the providers of an earlier one are kept, and no samples are added (a file with "providers: []" removes them)'
    log.warn({ providers: filed }, text)
    return false
  }
  const missing = setup.providers.filter(
    ({ name }) => inUse.length === 0 || !known.some(provider => provider.name === name),
  )
  for (const provider of missing)
    await unlessChanged(service.upsertProvider({ ...provider, onlyIf: 'absent' }, byDemo))
  return true
}
