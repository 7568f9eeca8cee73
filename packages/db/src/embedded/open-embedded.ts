import { chmod, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { QuotaError } from '@quotakeeper/quota-core'
import type { Database } from '../database/database.js'
import { type FolderLock, lockFolder } from '../database/folder-lock.js'
import { openPostgres, type PostgresOptions } from '../database/postgres-database.js'
import { databaseName } from './databases-of-server.js'
import { makeFolder } from './durable-files.js'
import {
  checkCluster,
  type EmbeddedFolder,
  type Engine,
  embeddedFolder,
  hasPgliteData,
  newPostgresEngine,
  type PostgresEngine,
  readEngine,
  refuseOtherPglite,
  writeEngine,
} from './embedded-folder.js'
import type { OnNotice } from './notice.js'
import { findPrograms, missingPlatform } from './postgres-programs.js'
import { runServer } from './run-server.js'
import { serverAddress } from './server-address.js'
import { readServerFile } from './server-file.js'
import { findServerUser } from './server-user.js'

/** How an embedded folder is opened. */
export interface EmbeddedOptions extends PostgresOptions {
  /** Uses the server of a process that already owns the folder, instead of failing. */
  readonly joins?: boolean
  /** Leaves a PGlite folder as it is, instead of moving it into PostgreSQL. */
  readonly keepsPglite?: boolean
  /** Called with events that an operator should know of. */
  readonly onNotice?: OnNotice
}

/**
 * Opens the database of a folder: PostgreSQL, as a child of this process, which then owns the folder until it closes
 * the database or ends. A folder of PGlite's is moved into PostgreSQL first; only where this platform has no programs
 * for that, a new folder is PGlite's, and stays so.
 *
 * @throws QuotaError STORE_UNAVAILABLE when another process owns the folder, or the server does not start;
 *   INVALID_INPUT where the folder cannot be used, or is of another major. In one line, with what to do.
 */
export async function openEmbedded(path: string, options: EmbeddedOptions = {}): Promise<Database> {
  const folder = embeddedFolder(resolve(path))
  await makePassable(folder.path)
  let lock: FolderLock
  try {
    lock = await lockFolder(folder.path)
  } catch (error) {
    const isOwned = error instanceof QuotaError && error.code === 'STORE_UNAVAILABLE'
    const running = isOwned && options.joins === true ? await readServerFile(folder) : null
    if (running === null) throw error
    return join(running, options)
  }
  try {
    return await openOwned({ folder, lock, options })
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** A server that runs as another user must pass through the folder; it can list nothing in it. */
async function makePassable(path: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  try {
    await makeFolder(path, 0o711)
    const { mode, uid } = await stat(path)
    if (uid === 0 && (mode & 0o001) === 0) await chmod(path, mode | 0o011)
  } catch {
    // Locking the folder, which comes next, reports what is wrong with it.
  }
}

async function join(
  { cluster, password }: { readonly cluster: string; readonly password: string },
  options: EmbeddedOptions,
): Promise<Database> {
  const address = await serverAddress(cluster, password)
  return closingAlso(openPostgres(address.urlOf(databaseName), options), address.close)
}

interface Opening {
  readonly folder: EmbeddedFolder
  readonly lock: FolderLock
  readonly options: EmbeddedOptions
}

async function openOwned({ folder, lock, options }: Opening): Promise<Database> {
  const { keepsPglite = false, onNotice = () => undefined } = options
  const stored = await readEngine(folder)
  const hasOnlyPglite = stored === null || (stored.engine === 'postgresql' && !stored.isReady)
  if (keepsPglite && hasOnlyPglite && (await hasPgliteData(folder))) return openPglite(folder, lock)
  const engine = stored ?? (await chooseEngine(folder, onNotice))
  if (engine.engine === 'postgresql') return openPostgresIn({ folder, lock, options }, engine)
  onNotice({ level: 'info', text: `the database in ${folder.path} is PGlite's, within this process` })
  return openPglite(folder, lock)
}

async function openPglite({ path, pglite }: EmbeddedFolder, lock: FolderLock): Promise<Database> {
  await refuseOtherPglite(path)
  // Loaded only where it is used, for its size.
  const { openPgliteData } = await import('../database/pglite-database.js')
  return closingAlso(await openPgliteData(pglite), lock.release)
}

/** Writes the choice into the folder, once everything that it needs is there. */
async function chooseEngine(folder: EmbeddedFolder, onNotice: OnNotice): Promise<Engine> {
  await refuseOtherPglite(folder.path)
  const missing = missingPlatform()
  if (missing !== null)
    onNotice({ level: 'warn', text: `${missing}: the database in ${folder.path} is to be PGlite's` })
  else await findServerUser(folder, findPrograms())
  const engine: Engine = missing === null ? newPostgresEngine() : { engine: 'pglite' }
  await writeEngine(folder, engine)
  return engine
}

async function openPostgresIn({ folder, lock, options }: Opening, engine: PostgresEngine): Promise<Database> {
  await checkCluster(folder, engine)
  const { onNotice = () => undefined } = options
  const server = await runServer(folder, engine, onNotice)
  try {
    const database = openPostgres(server.address.urlOf(databaseName), options)
    return closingAlso(database, async () => {
      await server.stop()
      await lock.release()
    })
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** The same database, with work to be done once it is closed. */
function closingAlso(database: Database, afterwards: () => Promise<void>): Database {
  let closed: Promise<void> | null = null
  const close = async (): Promise<void> => {
    try {
      await database.close()
    } finally {
      await afterwards()
    }
  }
  return {
    kind: database.kind,
    maxSessions: database.maxSessions,
    drizzle: database.drizzle,
    withSession: (work, options) => database.withSession(work, options),
    read: (statements, options) => database.read(statements, options),
    close: () => {
      closed ??= close()
      return closed
    },
  }
}
