import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../free-port.js'
import { leaveLastWill } from '../process/last-will.js'
import { type ClusterOwner, findClusterOwner } from './cluster-owner.js'
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js'
import { type Postmaster, type ShutdownMode, startPostmaster } from './postmaster.js'
import { createDatabaseOn, type TestDatabase } from './test-database.js'

const run = promisify(execFile)
const portAttempts = 5

/** A PostgreSQL of its own. */
export interface PostgresServer extends AsyncDisposable {
  /** Of the superuser, at the database `postgres`. */
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
 * Starts a new cluster of PostgreSQL 18, unless other programs are given: data below the directory for temporary files, a random port of
 * 127.0.0.1 only, a random password, and as durable as PostgreSQL is by default.
 * It goes with this process, even where that is killed.
 *
 * @param options.settings server settings beside the defaults, such as `{ max_connections: '50' }`
 * @param options.binaries programs of another release, see `findInstalledPostgres`
 * @throws Error when there is no PostgreSQL for this platform, or it doesn't start: never skips
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
  const password = await initialise({ binaries, owner, directory, dataDirectory })
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

const defaultSettings = {
  listen_addresses: '127.0.0.1',
  // No socket file in a shared directory.
  unix_socket_directories: '',
  // Several test files with a pool for each of many processes share one server.
  max_connections: '300',
  timezone: 'UTC',
}

function settingFlags(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function initialise(options: {
  readonly binaries: PostgresBinaries
  readonly owner: ClusterOwner | null
  readonly directory: string
  readonly dataDirectory: string
}): Promise<string> {
  const password = randomBytes(16).toString('hex')
  const passwordFile = join(options.directory, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (options.owner !== null) await chown(passwordFile, options.owner.uid, options.owner.gid)
  const flags = [
    `--pgdata=${options.dataDirectory}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-locale',
    // Spares the flush of the empty cluster only; the server itself runs with fsync on.
    '--no-sync',
  ]
  await run(options.binaries.initdb, flags, { ...options.owner, cwd: '/', env: { LC_ALL: 'C' } })
  return password
}

/** Another process may take the port between its choice and the start: then another port is chosen. */
async function startOnFreePort(
  start: (port: number) => Promise<Postmaster>,
): Promise<{ readonly port: number; readonly postmaster: Postmaster }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    try {
      return { port, postmaster: await start(port) }
    } catch (error) {
      const isPortTaken = error instanceof Error && error.message.includes('Address already in use')
      if (!isPortTaken || attempt === portAttempts) throw error
    }
  }
}
