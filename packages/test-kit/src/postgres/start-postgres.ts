import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leaveLastWill } from '../process/last-will.js'
import { defaultSettings, initialise, settingFlags, startOnFreePort } from './cluster.js'
import { findClusterOwner } from './cluster-owner.js'
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js'
import { type Postmaster, type ShutdownMode, startPostmaster } from './postmaster.js'
import { copyClusterTemplate } from './templates.js'
import { createDatabaseOn, type TestDatabase } from './test-database.js'

/** A separate PostgreSQL server. */
export interface PostgresServer extends AsyncDisposable {
  /** URL of the superuser and the database `postgres`. */
  readonly url: string
  createDatabase(): Promise<TestDatabase>
  /** Shuts the server down and keeps its data: the URL refuses connections until `resume`. */
  halt(mode?: ShutdownMode): Promise<void>
  /** Starts the server again after `halt`, at the same URL. */
  resume(): Promise<void>
  /** `halt` and `resume`. */
  restart(mode?: ShutdownMode): Promise<void>
  /** Shuts the server down and removes its data. A second call does nothing. */
  stop(): Promise<void>
}

/**
 * Starts a new cluster of PostgreSQL 18, unless other programs are given: data below the directory for temporary files,
 * a random port of 127.0.0.1 only, a random password, and as durable as PostgreSQL is by default. It ends with this
 * process, even if killed.
 *
 * @param options.settings server settings in addition to the defaults, such as `{ max_connections: '50' }`
 * @param options.binaries programs of another release, see `findInstalledPostgres`
 * @throws Error if there is no PostgreSQL for this platform or it does not start; never skips
 */
export async function startPostgres(
  options: {
    readonly settings?: Readonly<Record<string, string>>
    readonly binaries?: PostgresBinaries
  } = {},
): Promise<PostgresServer> {
  const owner = await findClusterOwner()
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-postgres-'))
  if (owner !== null) await chown(directory, owner.uid, owner.gid)
  const binaries = options.binaries ?? (await findPostgresBinaries({ owner, scratchDirectory: directory }))
  const dataDirectory = join(directory, 'data')
  const lastWill = leaveLastWill({
    script: '"$1" -D "$2" -m fast -t 10 stop || "$1" -D "$2" -m immediate -t 10 stop\nrm -rf "$3"',
    args: [binaries.pgCtl, dataDirectory, directory],
    ...owner,
  })
  const copied = options.binaries === undefined ? await copyClusterTemplate(dataDirectory) : null
  const password = copied ?? (await initialise({ binaries, owner, directory, dataDirectory }))
  const start = (port: number): Promise<Postmaster> =>
    startPostmaster({
      program: binaries.postgres,
      args: [
        '-D',
        dataDirectory,
        ...settingFlags({ port: String(port), ...defaultSettings, ...options.settings }),
      ],
      owner,
    })
  const { port, postmaster } = await startOnFreePort(start)
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`

  let running: Postmaster | null = postmaster
  const halt = async (mode: ShutdownMode = 'fast'): Promise<void> => {
    const halting = running
    running = null
    await halting?.shutDown(mode)
  }
  const resume = async (): Promise<void> => {
    running ??= await start(port)
  }
  const stop = async (): Promise<void> => {
    await halt()
    await rm(directory, { recursive: true, force: true })
    lastWill.revoke()
  }
  return {
    url,
    createDatabase: () => createDatabaseOn(url),
    halt,
    resume,
    restart: async mode => {
      await halt(mode)
      await resume()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
