import { existsSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.js'
import { leaveLastWill } from '../process/last-will.js'
import { startProcess } from '../process/start-process.js'
import { findClusterOwner } from './cluster-owner.js'

/** Path in Debian's package. */
const debianProgram = '/usr/sbin/pgbouncer'

/** `QUOTA_TEST_PGBOUNCER` overrides Debian's path. */
const program = process.env['QUOTA_TEST_PGBOUNCER'] ?? debianProgram

/**
 * Title of the skipped test on a machine without PgBouncer; null if it is installed. In CI nothing is skipped, and the
 * tests fail.
 */
export function untriedPooler(): string | null {
  if (existsSync(program) || process.env['CI'] === 'true') return null
  return 'PgBouncer is not tested: it is not installed (apt-get install pgbouncer)'
}

/** A PgBouncer in front of a server. */
export interface PgBouncer extends AsyncDisposable {
  /** The server's URL through the pooler. */
  readonly url: string
  readonly output: () => string
}

export type PoolMode = 'session' | 'transaction' | 'statement'

/**
 * Starts a real PgBouncer in front of the server of a URL, at a random port of 127.0.0.1. Other settings are
 * PgBouncer's defaults. Ends with this process, even if killed.
 *
 * @throws Error if it is not installed or does not start; never skips
 */
export async function startPgBouncer(options: {
  readonly serverUrl: string
  readonly poolMode: PoolMode
}): Promise<PgBouncer> {
  if (!existsSync(program))
    throw new Error(`PgBouncer is not at ${program}: apt-get install pgbouncer, or set QUOTA_TEST_PGBOUNCER`)
  const server = new URL(options.serverUrl)
  const owner = await findClusterOwner()
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-pgbouncer-'))
  const port = await freePort()
  const files = {
    'users.txt': `"${server.username}" "${server.password}"\n`,
    'pgbouncer.ini': [
      '[databases]',
      `* = host=${server.hostname} port=${server.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      `auth_file = ${join(directory, 'users.txt')}`,
      `pool_mode = ${options.poolMode}`,
      '',
    ].join('\n'),
  }
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name)
    await writeFile(path, text, { mode: 0o600 })
    if (owner !== null) await chown(path, owner.uid, owner.gid)
  }
  if (owner !== null) await chown(directory, owner.uid, owner.gid)
  const lastWill = leaveLastWill({ script: 'rm -rf "$1"', args: [directory] })
  // PgBouncer refuses to run as root.
  const running = await startProcess({
    command: program,
    args: [join(directory, 'pgbouncer.ini')],
    owner,
    cwd: directory,
    readyWhen: /process up/,
  })
  server.port = String(port)
  return {
    url: server.href,
    output: () => running.output(),
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
      lastWill.revoke()
    },
  }
}
