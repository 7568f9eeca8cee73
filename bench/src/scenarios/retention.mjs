import { openDatabase, PostgresQuotaStore, pruneOldRows } from '@quotakeeper/db'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { measure } from '../measure.mjs'

/** Many steps in one turn, so that it lasts as long as the measurement. */
const mostSteps = 10_000

/**
 * Removes rows older than 90 days from a filled ledger, while a single caller keeps reserving.
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
    progress('retention: removing old rows')
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
