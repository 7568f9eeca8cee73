import { makeDatabase } from './databases-of-server.js'
import { exists } from './durable-files.js'
import {
  type EmbeddedFolder,
  hasPgliteData,
  leaveNoteForOlderReleases,
  type PostgresEngine,
  writeEngine,
} from './embedded-folder.js'
import { initCluster, removeDrafts } from './init-cluster.js'
import { keepRunning } from './keep-running.js'
import type { OnNotice } from './notice.js'
import { findPrograms } from './postgres-programs.js'
import { type ServerAddress, serverAddress } from './server-address.js'
import { removeServerFile, writeServerFile } from './server-file.js'
import { type ServerProcess, startServer } from './server-process.js'
import { endServerProcesses } from './server-processes.js'
import { findServerUser } from './server-user.js'
import { startWatchdog } from './server-watchdog.js'

/** The server of a folder, with its database in it. */
export interface RunningEmbedded {
  readonly address: ServerAddress
  /** Ends it, saving everything. */
  stop(): Promise<void>
}

/**
 * Runs the server of a folder that this process holds, and creates what is missing. A server that a killed process has
 * left running is never adopted: it is ended first.
 *
 * @throws QuotaError; the server's error
 */
export async function runServer(
  folder: EmbeddedFolder,
  engine: PostgresEngine,
  onNotice: OnNotice,
): Promise<RunningEmbedded> {
  const { path, cluster } = folder
  const user = await findServerUser(folder, findPrograms())
  const left = await endServerProcesses(cluster)
  if (left > 0)
    onNotice({ level: 'warn', text: `ended ${left} processes of a server whose owner was killed` })
  await removeServerFile(folder)
  await removeDrafts(folder)
  if (!(await exists(cluster))) {
    onNotice({ level: 'info', text: `creating a database in ${path}` })
    await initCluster(folder, user, engine.password)
  }
  const undo: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    // In reverse order of their start, each once.
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
  }
  try {
    const watchdog = startWatchdog(cluster)
    undo.push(async () => watchdog.dismiss())
    const start = (): Promise<ServerProcess> => startServer({ path, cluster, user, watchdog, onNotice })
    const first = await start()
    const again = async (): Promise<ServerProcess> => {
      await endServerProcesses(cluster)
      return start()
    }
    const kept = keepRunning(first, { start: again, onNotice })
    undo.push(kept.stop)
    const address = await serverAddress(cluster, engine.password)
    undo.push(address.close)
    if (!engine.isReady) await makeReady({ folder, engine, address, onNotice })
    await writeServerFile(folder, { cluster, password: engine.password })
    undo.push(() => removeServerFile(folder))
    onNotice({ level: 'info', text: `PostgreSQL runs in ${path}` })
    return { address, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function makeReady({
  folder,
  engine,
  address,
  onNotice,
}: {
  readonly folder: EmbeddedFolder
  readonly engine: PostgresEngine
  readonly address: ServerAddress
  readonly onNotice: OnNotice
}): Promise<void> {
  if (await hasPgliteData(folder)) {
    // Imports PGlite, which nothing else here needs.
    const { moveFromPglite } = await import('./move-from-pglite.js')
    await moveFromPglite(folder, address, onNotice)
  }
  await makeDatabase(address)
  await leaveNoteForOlderReleases(folder)
  await writeEngine(folder, { ...engine, isReady: true })
}
