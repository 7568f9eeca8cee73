import { QuotaTracker } from '@quotakeeper/quota-core'
import { openDatabase, PostgresQuotaStore } from '../../src/index.js'

/** Opens a store as one process of an application would, and closes it after the work. */
export async function withStore(url: string, work: (tracker: QuotaTracker) => Promise<void>): Promise<void> {
  const database = await openDatabase(url)
  const store = new PostgresQuotaStore({ database })
  try {
    await work(new QuotaTracker({ store }))
  } finally {
    await store.close()
    await database.close()
  }
}
