import { existsSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.js'
import { leaveLastWill } from '../process/last-will.js'
import { startProcess } from '../process/start-process.js'
import { findClusterOwner } from './cluster-owner.js'

/** Where Debian's package has it. */
const debianProgram = '/usr/sbin/pgbouncer'

/** Another one than Debian's: `QUOTA_TEST_PGBOUNCER`. */
const program = process.env['QUOTA_TEST_PGBOUNCER'] ?? debianProgram

/**
 * What goes untried on this machine without PgBouncer, in words for the title of a test that is skipped; null where
 * there is one. In CI nothing is skipped: there the tests fail.
 */
export function untriedPooler(): string | null {
  if (existsSync(program) || process.env['CI'] === 'true') return null
  return 'PgBouncer is not tested: it is not installed (apt-get install pgbouncer)'
}

/** A PgBouncer in front of a server. */
export interface PgBouncer extends AsyncDisposable {
  /** The same as the server's, through the pooler. */
  readonly url: string
  readonly output: () => string
}

export type PoolMode = 'session' | 'transaction' | 'statement'

/**
 * Starts a real PgBouncer in front of the server of a URL, at a random port of 127.0.0.1. All that is not needed for
 * that is as PgBouncer has it by default. Goes with this process, even where that is killed.
 *
 * @throws Error where it is not installed or does not start: never skips
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
  // It refuses to run as root.
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
