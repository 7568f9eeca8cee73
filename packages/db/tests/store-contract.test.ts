import { randomUUID } from 'node:crypto'
import type { Alert } from '@quotakeeper/quota-core'
import { quotaStoreContract } from '@quotakeeper/quota-core/contract'
import {
  createTestDatabase,
  isThorough,
  shiftedClock,
  testServers,
  untriedServers,
} from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Database, migrate, openDatabase, PostgresQuotaStore } from '../src/index.js'
import { openEmptyPglite } from './migrated-databases.js'

interface Engine {
  readonly name: string
  /**
   * Of the cases, which the contract lists by topic, each n-th is tested, some of each topic; if not all, none with
   * thousands of rows.
   */
  readonly everyNth: number
  /** Opens an empty database with a clock that can be moved, and says how to leave it. */
  readonly open: () => Promise<{ readonly database: Database; readonly leave: () => Promise<void> }>
}

const engines: readonly Engine[] = [
  {
    name: 'PGlite',
    // All of it takes 25 s of a core, four times as much as on a server.
    everyNth: isThorough ? 1 : 8,
    open: async () => {
      const database = await openEmptyPglite()
      const { setUp, searchPath } = shiftedClock
      await run(database, [...setUp, `set search_path = ${searchPath}`])
      return { database, leave: async () => {} }
    },
  },
  ...testServers().map(
    (server): Engine => ({
      name: server.name,
      // All of it on PostgreSQL 15 takes 20 s of a core.
      everyNth: server.isOldest && !isThorough ? 8 : 1,
      open: async () => {
        const { url, drop, execute } = await createTestDatabase(server)
        for (const statement of shiftedClock.setUp) await execute(statement)
        const name = new URL(url).pathname.slice(1)
        await execute(`alter database "${name}" set search_path = ${shiftedClock.searchPath}`)
        return { database: await openDatabase(url), leave: drop }
      },
    }),
  ),
]

async function run(database: Database, statements: readonly string[]): Promise<void> {
  await database.withSession(async session => {
    for (const text of statements) await session.run([{ name: '', text, values: [] }])
  })
}

describe.each(engines)('PostgresQuotaStore on $name keeps the store contract', ({ open, everyNth }) => {
  let opened: Awaited<ReturnType<Engine['open']>>

  beforeAll(async () => {
    opened = await open()
    await migrate(opened.database)
  })

  afterAll(async () => {
    await opened.database.close()
    await opened.leave()
  })

  const cases = quotaStoreContract.filter(({ needsClock }) => needsClock !== 'exact')
  const tested =
    everyNth === 1 ? cases : cases.filter(({ hasManyRows }, index) => !hasManyRows && index % everyNth === 0)
  for (const contractCase of tested) {
    test(contractCase.name, async () => {
      const { database } = opened
      const heardAlerts: Alert[] = []
      const listener = { onAlert: (alert: Alert) => void heardAlerts.push(alert) }
      const store = new PostgresQuotaStore({ database, listener })
      const openBeside = async () => new PostgresQuotaStore({ database })
      const advance = (ms: number) => run(database, [shiftedClock.move(ms)])
      try {
        await contractCase.run({
          store,
          scope: randomUUID().slice(0, 8),
          heardAlerts,
          openBeside,
          advance,
        })
      } finally {
        await store.close()
        await run(database, ['update shifted.clock set by_ms = 0'])
      }
    })
  }
})

// Says in the list of tests what this run does not prove.
for (const untried of untriedServers()) test.skip(untried, () => undefined)
