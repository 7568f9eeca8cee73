import {
  type PgBouncer,
  type PostgresServer,
  startPgBouncer,
  startPostgres,
  untriedPooler,
} from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Database, migrate, openDatabase } from '../../src/index.js'
import { testPooledContract } from '../../tests/pooled-contract.js'

const untried = untriedPooler()
if (untried !== null) test.skip(untried, () => undefined)

describe.skipIf(untried !== null).each(['session', 'transaction'] as const)(
  'behind PgBouncer in %s mode',
  poolMode => {
    let server: PostgresServer
    let pooler: PgBouncer
    let database: Database

    beforeAll(async () => {
      server = await startPostgres({ settings: { fsync: 'off' } })
      const { url } = await server.createDatabase()
      pooler = await startPgBouncer({ serverUrl: url, poolMode })
      database = await openDatabase(pooler.url)
      await migrate(database)
    })

    afterAll(async () => {
      await database.close()
      await pooler[Symbol.asyncDispose]()
      await server.stop()
    })

    testPooledContract(() => database, 'all')
  },
)
