import { SharedReads } from '@quotakeeper/db'
import { type AllStats, QuotaError, type QuotaService } from '@quotakeeper/quota-core'

/** Callers that wait for stats at once. */
const maxCallers = 200

/**
 * How all providers stand, for pages, scripts and Prometheus: reckoned once for all who have come while the one
 * before was being reckoned.
 * @throws QuotaError READ_REFUSED where too many wait, STORE_UNAVAILABLE
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
