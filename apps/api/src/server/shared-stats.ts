import { SharedReads } from '@quotakeeper/db'
import { type AllStats, QuotaError, type QuotaService, totalsOf } from '@quotakeeper/quota-core'
import { keylessProviders } from '../keys/keyless-providers.js'
import type { KeyBook } from '../keys/take-key-report.js'

/** The stats of all providers, and which of them no gateway has a key for. */
export interface StatsWithKeys extends AllStats {
  /**
   * Providers without a key, which the totals leave out; `variable` would hold it, null for an entered key that cannot be
   * opened. Empty if no gateway has reported.
   */
  readonly keyless: readonly { readonly providerName: string; readonly variable: string | null }[]
}

/** Most callers waiting for stats. */
const maxCallers = 200

/**
 * The stats of all providers, for the dashboard, scripts and Prometheus. Callers that arrive during a computation share
 * the next one.
 * @throws QuotaError READ_REFUSED if too many are waiting, STORE_UNAVAILABLE
 */
export function sharedStats(
  service: QuotaService,
  book: Pick<KeyBook, 'list'>,
): () => Promise<StatsWithKeys> {
  const shared = new SharedReads(() => statsWithKeys(service, book))
  let callerCount = 0
  return async () => {
    if (callerCount >= maxCallers) {
      const message = `${maxCallers} callers are already waiting for the stats of all providers: ask for one provider, or try again shortly`
      throw new QuotaError('READ_REFUSED', message)
    }
    callerCount++
    try {
      return await shared.read([])
    } finally {
      callerCount--
    }
  }
}

async function statsWithKeys(service: QuotaService, book: Pick<KeyBook, 'list'>): Promise<StatsWithKeys> {
  const [stats, reported] = await Promise.all([service.allStats(), keylessProviders(book, null)])
  const { providers } = stats
  const names = new Set(providers.map(({ providerName }) => providerName))
  const keyless = [...reported]
    .filter(([providerName]) => names.has(providerName))
    .map(([providerName, variable]) => ({ providerName, variable }))
  if (keyless.length === 0) return { ...stats, keyless }
  return {
    ...stats,
    keyless,
    totals: totalsOf(providers.filter(provider => !reported.has(provider.providerName))),
  }
}
