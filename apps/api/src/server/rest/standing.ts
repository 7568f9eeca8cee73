import { type ProviderStats, providerStats, type QuotaService } from '@quotakeeper/quota-core'

/** The stats of providers and the store's time, which `retryAt` is based on. */
export interface Standing {
  readonly stats: readonly ProviderStats[]
  readonly nowMs: number
}

/** Reads the stats of providers. Never rejects: the answer is valid without these figures. */
export async function standing(service: QuotaService, names: readonly string[]): Promise<Standing> {
  try {
    const { state, nowMs } = await service.read({ type: 'snapshot', providerNames: names })
    const known = names.filter(name => state.provider(name) !== undefined)
    return { stats: known.map(name => providerStats(state, name, nowMs)), nowMs }
  } catch {
    return { stats: [], nowMs: Date.now() }
  }
}
