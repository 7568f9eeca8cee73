import { SharedReads } from '@quotakeeper/db'
import { type AllStats, QuotaError, type QuotaService } from '@quotakeeper/quota-core'

/** Most callers waiting for stats. */
const maxCallers = 200

/**
 * The stats of all providers, for the dashboard, scripts and Prometheus. Callers that arrive during a computation share
 * the next one.
 * @throws QuotaError READ_REFUSED if too many are waiting, STORE_UNAVAILABLE
 */
export function sharedStats(service: QuotaService): () => Promise<AllStats> {
  const shared = new SharedReads(() => service.allStats())
  let callerCount = 0
  return async () => {
    if (callerCount >= maxCallers) {
      const message = `${maxCallers} callers are already waiting for the stats of all providers: use stats.get for one, or try again shortly`
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
