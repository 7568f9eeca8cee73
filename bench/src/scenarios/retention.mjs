import { openDatabase, PostgresQuotaStore, pruneOldRows } from '@quotakeeper/db'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { measure } from '../measure.mjs'

/** Many turns in one, so that it lasts for as long as is measured. */
const mostSteps = 10_000

/**
 * Removes what is older than 90 days from a filled ledger, while a lone caller goes on reserving.
 * @param {{ url: string, durationMs: number, progress: (line: string) => void }} scenario
 */
export async function retentionScenario({ url, durationMs, progress }) {
  const database = await openDatabase(url)
  const store = new PostgresQuotaStore({ database })
  const tracker = new QuotaTracker({ store })
  try {
    const load = { call: () => tracker.reserve({ providerName: 'key_0' }), callers: 1, durationMs }
    progress('retention: before')
    const before = await measure(load)
    progress('retention: old rows go')
    const startMs = performance.now()
    let elapsedMs = 0
    const pruning = pruneOldRows(database, { ledgerDays: 90, hourlyDays: 400, mostSteps }).then(pruned => {
      elapsedMs = performance.now() - startMs
      return pruned
    })
    const meanwhile = await measure(load)
    const { ledgerRows } = await pruning
    return { ledgerRows, rowsPerSecond: ledgerRows / (elapsedMs / 1_000), before, meanwhile }
  } finally {
    await store.close()
    await database.close()
  }
}
