import { createTestDatabase, isThorough, type TestDatabase, testServers } from '@quotakeeper/test-kit'
import { type Database, openDatabase } from '../src/index.js'
import { createMigratedDatabase, openEmptyPglite, openMigratedPglite } from './migrated-databases.js'

type OwnDatabase = Database & AsyncDisposable

/** A PostgreSQL that this package works on. Its databases are gone after their last use. */
export interface Engine {
  readonly name: string
  /** An empty database. */
  readonly open: () => Promise<OwnDatabase>
  /** A database with all tables in it. */
  readonly openMigrated: () => Promise<OwnDatabase>
}

/**
 * PGlite, and the servers of the test run. On PGlite and PostgreSQL 15, `test` runs a part of the store's contract, and
 * `test:fire` all of it and all that is tested with this function: they would take two thirds of the time of most files.
 */
export function engines(): readonly Engine[] {
  const pglite: Engine = {
    name: 'PGlite',
    open: async () => disposable(await openEmptyPglite(), async () => {}),
    openMigrated: async () => disposable(await openMigratedPglite(), async () => {}),
  }
  const all = testServers()
  const tested = isThorough ? all : all.filter(({ isOldest }) => !isOldest)
  const servers = tested.map(
    (server): Engine => ({
      name: server.name,
      open: async () => openOwn(await createTestDatabase(server)),
      openMigrated: async () => openOwn(await createMigratedDatabase(server)),
    }),
  )
  return isThorough ? [pglite, ...servers] : servers
}

/** A database with all tables in it. */
export function openMigrated(engine: Engine): Promise<OwnDatabase> {
  return engine.openMigrated()
}

async function openOwn({ url, drop }: TestDatabase): Promise<OwnDatabase> {
  return disposable(await openDatabase(url), drop)
}

function disposable(database: Database, leave: () => Promise<void>): OwnDatabase {
  const dispose = async (): Promise<void> => {
    await database.close()
    await leave()
  }
  return Object.assign(database, { [Symbol.asyncDispose]: dispose })
}
