import { randomUUID } from 'node:crypto'
import type { Alert } from '@quotakeeper/quota-core'
import { quotaStoreContract } from '@quotakeeper/quota-core/contract'
import { createTestDatabase, testServers, untriedServers } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Database, migrate, openDatabase, PostgresQuotaStore } from '../src/index.js'

interface Engine {
  readonly name: string
  /** Opens an empty database, and says how to leave it. */
  readonly open: () => Promise<{ readonly database: Database; readonly leave: () => Promise<void> }>
}

const engines: readonly Engine[] = [
  {
    name: 'PGlite',
    open: async () => ({ database: await openDatabase('pglite:memory'), leave: async () => {} }),
  },
  ...testServers().map(
    (server): Engine => ({
      name: server.name,
      open: async () => {
        const { url, drop } = await createTestDatabase(server)
        return { database: await openDatabase(url), leave: drop }
      },
    }),
  ),
]

describe.each(engines)('PostgresQuotaStore on $name keeps the store contract', ({ open }) => {
  let opened: Awaited<ReturnType<Engine['open']>>

  beforeAll(async () => {
    opened = await open()
    await migrate(opened.database)
  })

  afterAll(async () => {
    await opened.database.close()
    await opened.leave()
  })

  for (const { name, run } of quotaStoreContract.filter(contractCase => !contractCase.needsClock)) {
    test(name, async () => {
      const heardAlerts: Alert[] = []
      const listener = { onAlert: (alert: Alert) => void heardAlerts.push(alert) }
      const store = new PostgresQuotaStore({ database: opened.database, listener })
      const openBeside = async () => new PostgresQuotaStore({ database: opened.database })
      await run({ store, scope: randomUUID().slice(0, 8), heardAlerts, openBeside })
      await store.close()
    })
  }
})

// Says in the list of tests what this run does not prove.
for (const untried of untriedServers()) test.skip(untried, () => undefined)
