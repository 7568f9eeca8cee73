import { randomUUID } from 'node:crypto'
import type { Alert } from '@quotakeeper/quota-core'
import { quotaStoreContract } from '@quotakeeper/quota-core/contract'
import { test } from 'vitest'
import { type Database, PostgresQuotaStore } from '../src/index.js'

/**
 * Tests the store's contract on a database that is reached through a pooler; its clock cannot be moved. The contract lists
 * its cases by topic: every fifth has some of each.
 */
export function testPooledContract(databaseOf: () => Database, cases: 'all' | 'every fifth'): void {
  const step = cases === 'all' ? 1 : 5
  const tested = quotaStoreContract.filter(({ needsClock }) => !needsClock)
  for (const { name, run } of tested.filter((_, index) => index % step === 0)) {
    test(`the store's contract: ${name}`, async () => {
      const database = databaseOf()
      const heardAlerts: Alert[] = []
      const listener = { onAlert: (alert: Alert) => void heardAlerts.push(alert) }
      const store = new PostgresQuotaStore({ database, listener })
      const openBeside = async () => new PostgresQuotaStore({ database })
      await run({ store, scope: randomUUID().slice(0, 8), heardAlerts, openBeside })
      await store.close()
    })
  }
}
