import { createTestDatabase, testServers } from '@quotakeeper/test-kit'
import { type Database, migrate, openDatabase } from '../src/index.js'

/** A PostgreSQL that this package works on. */
export interface Engine {
  readonly name: string
  /** An empty database, gone after its last use. */
  readonly open: () => Promise<Database & AsyncDisposable>
}

/** PGlite, and every server of the test run. */
export function engines(): readonly Engine[] {
  const pglite: Engine = {
    name: 'PGlite',
    open: async () => disposable(await openDatabase('pglite:memory'), async () => {}),
  }
  const servers = testServers().map(
    (server): Engine => ({
      name: server.name,
      open: async () => {
        const { url, drop } = await createTestDatabase(server)
        return disposable(await openDatabase(url), drop)
      },
    }),
  )
  return [pglite, ...servers]
}

/** The same with all tables in it. */
export async function openMigrated(engine: Engine): Promise<Database & AsyncDisposable> {
  const database = await engine.open()
  await migrate(database)
  return database
}

function disposable(database: Database, leave: () => Promise<void>): Database & AsyncDisposable {
  const dispose = async (): Promise<void> => {
    await database.close()
    await leave()
  }
  return Object.assign(database, { [Symbol.asyncDispose]: dispose })
}
