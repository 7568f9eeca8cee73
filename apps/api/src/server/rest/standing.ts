import { type ProviderStats, providerStats, type QuotaService } from '@quotakeeper/quota-core'

/** How providers stand, and when, by the store's clock: the one by which `retryAt` was told. */
export interface Standing {
  readonly stats: readonly ProviderStats[]
  readonly nowMs: number
}

/**
 * Reads how the providers stand. Never rejects: what it is asked for is an answer that stands without
 * its figures, too.
 */
export async function standing(service: QuotaService, names: readonly string[]): Promise<Standing> {
  try {
    const { state, nowMs } = await service.read({ type: 'snapshot', providerNames: names })
    const known = names.filter(name => state.provider(name) !== undefined)
    return { stats: known.map(name => providerStats(state, name, nowMs)), nowMs }
  } catch {
    return { stats: [], nowMs: Date.now() }
  }
}
