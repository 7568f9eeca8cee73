import { type QuotaService, unchangedProvider } from '@quotakeeper/quota-core'
import { presetLimits } from '@quotakeeper/vendors'
import { freePresetOf } from '@quotakeeper/vendors/paste'
import { onLatest, unlessGone } from '../config/apply-change.js'
import { asRead, withPreset } from '../config/preset-of-provider.js'
import type { KeyInput } from './key-report-input.js'

const actor = 'preset'

/**
 * Gives samples with a key the limits of their vendor's free tier, instead of the invented ones: from then on they are
 * providers like others.
 * @throws QuotaError STORE_UNAVAILABLE
 */
export async function adoptSamples(
  service: QuotaService,
  keys: readonly KeyInput[],
  log: { info(details: object, text: string): void },
): Promise<void> {
  const set = new Set(
    keys.flatMap(({ providerName, fingerprint, reason, isNew }) =>
      isNew && fingerprint !== null && reason === null ? [providerName] : [],
    ),
  )
  if (set.size === 0) return
  for (const { name, vendor, managedBy } of await service.providers()) {
    if (managedBy !== 'demo' || !set.has(name)) continue
    const preset = freePresetOf(vendor)
    if (!(await onLatest(() => adoptSample(service, name, preset)))) continue
    const lookedUpOn = preset === null ? null : (presetLimits(preset)?.sources[0]?.lookedUpOn ?? null)
    log.info(
      { provider: name, preset, lookedUpOn },
      preset === null
        ? `${name} has a key: the limits of the sample are removed, and others are learned from its vendor`
        : `${name} has a key: the limits of ${preset} replace those of the sample`,
    )
  }
}

/** Whether it was a sample until now. @throws QuotaError REVISION_CHANGED, STORE_UNAVAILABLE */
async function adoptSample(service: QuotaService, name: string, preset: string | null): Promise<boolean> {
  const provider = (await service.providers()).find(each => each.name === name)
  // Whoever has changed it meanwhile has made it a provider like others, with limits of their own.
  if (provider?.managedBy !== 'demo') return false
  const settings = preset === null ? { limits: [] } : { metadata: { ...provider.metadata, preset } }
  const request = { ...unchangedProvider, ...settings, name, ...asRead(provider), onlyIf: 'exists' } as const
  const full = await withPreset(request, provider, { service, actor })
  return unlessGone(service.upsertProvider(full, { actor, managedBy: 'api' }))
}
