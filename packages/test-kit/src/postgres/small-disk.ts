import { execFile } from 'node:child_process'
import { chown, mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { leaveLastWill } from '../process/last-will.js'
import { createDatabaseOn, type TestDatabase } from './test-database.js'

const run = promisify(execFile)

const blockBytes = 65_536

/** A small disk that can be filled, with a database on it. */
export interface SmallDisk extends AsyncDisposable {
  readonly database: TestDatabase
  /** Writes until the disk is full. */
  fill(): Promise<void>
  /** Deletes what {@link fill} has written. */
  makeRoom(): Promise<void>
}

/** Whether this process may create one: mounting requires root. */
export const mayMount: boolean = process.getuid?.() === 0 && process.platform === 'linux'

/**
 * Mounts a small file system in memory as a tablespace of a server, and creates a database in it. Log and catalogs stay
 * in place, so that the server itself keeps running. Unmounted when this process ends, even if killed.
 *
 * @param serverUrl superuser of a server on this machine
 * @throws Error if this process may not mount
 */
export async function startSmallDisk(serverUrl: string, sizeMib = 40): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-disk-'))
  const lastWill = leaveLastWill({ script: 'umount -l "$1"; rm -rf "$1"', args: [directory] })
  await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'tmpfs', directory])
  const owner = await stat(await dataDirectoryOf(serverUrl))
  await chown(directory, owner.uid, owner.gid)
  const tablespace = `small_${process.pid}_${Date.now()}`
  await execute(serverUrl, `CREATE TABLESPACE ${tablespace} LOCATION '${directory}'`)
  const database = await createDatabaseOn(serverUrl, { tablespace })
  const ballast = join(directory, 'ballast')
  return {
    database,
    fill: () => fillWith(ballast),
    makeRoom: () => rm(ballast, { force: true }),
    [Symbol.asyncDispose]: async () => {
      await rm(ballast, { force: true })
      await database.drop()
      await execute(serverUrl, `DROP TABLESPACE ${tablespace}`)
      await run('umount', [directory])
      await rm(directory, { recursive: true, force: true })
      lastWill.revoke()
    },
  }
}

async function fillWith(path: string): Promise<void> {
  const file = await open(path, 'a')
  try {
    for (let bytes = blockBytes; bytes >= 1; ) {
      try {
        await file.write(Buffer.alloc(bytes))
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
        bytes /= 2
      }
    }
  } finally {
    await file.close()
  }
}

async function dataDirectoryOf(serverUrl: string): Promise<string> {
  const [row] = await execute(serverUrl, 'SHOW data_directory')
  return String(row?.['data_directory'])
}

async function execute(
  serverUrl: string,
  statement: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 60_000 })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}
