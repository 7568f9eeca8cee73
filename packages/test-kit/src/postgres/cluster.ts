import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../free-port.js'
import type { ClusterOwner } from './cluster-owner.js'
import type { PostgresBinaries } from './postgres-binaries.js'
import type { Postmaster } from './postmaster.js'

const run = promisify(execFile)
const portAttempts = 5

/** Settings of every test cluster. */
export const defaultSettings = {
  listen_addresses: '127.0.0.1',
  // No socket file in a shared directory.
  unix_socket_directories: '',
  // Several test files with a pool for each of many processes share one server.
  max_connections: '300',
  timezone: 'UTC',
}

/** The settings as command-line flags of PostgreSQL. */
export function settingFlags(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/**
 * Creates an empty cluster.
 *
 * @param options.settings written to its file; only releases since PostgreSQL 16 take any
 * @returns the superuser's password
 */
export async function initialise(options: {
  readonly binaries: PostgresBinaries
  readonly owner: ClusterOwner | null
  readonly directory: string
  readonly dataDirectory: string
  readonly settings?: Readonly<Record<string, string>>
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
    // Skips only the flush of the empty cluster; the server itself runs with fsync on.
    '--no-sync',
    ...Object.entries(options.settings ?? {}).map(([name, value]) => `--set=${name}=${value}`),
  ]
  await run(options.binaries.initdb, flags, { ...options.owner, cwd: '/', env: { LC_ALL: 'C' } })
  return password
}

/** Another process may take the port before the start; another port is chosen then. */
export async function startOnFreePort(
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
