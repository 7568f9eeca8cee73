import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { QuotaError } from '@quotakeeper/quota-core'
import { renameDurably } from './durable-files.js'
import type { EmbeddedFolder } from './embedded-folder.js'
import { runProgram } from './run-program.js'
import type { ServerUser } from './server-user.js'

/** The server's one role. */
export const role = 'quotakeeper'
const draftPrefix = 'cluster.draft-'
const timeoutMs = 300_000
const removal = { recursive: true, force: true, maxRetries: 5 } as const

/**
 * Makes the cluster: under a temporary name, synced to disk, and then renamed, so that half a cluster is never taken for one.
 * @throws QuotaError STORE_UNAVAILABLE where it cannot be made
 */
export async function initCluster(folder: EmbeddedFolder, user: ServerUser, password: string): Promise<void> {
  const draft = await mkdtemp(join(folder.path, draftPrefix))
  try {
    const passwordFile = join(draft, 'password')
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (user.owner !== null) {
      await chown(draft, user.owner.uid, user.owner.gid)
      await chown(passwordFile, user.owner.uid, user.owner.gid)
    }
    const cluster = join(draft, 'cluster')
    const flags = [
      `--pgdata=${cluster}`,
      `--username=${role}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same order on every machine, whatever locales it has.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
    ]
    const { isDone, complaint } = await runProgram(user.call(user.programs.initdb, flags), timeoutMs)
    if (!isDone) throw notMade(folder.path, complaint)
    await renameDurably(cluster, folder.cluster)
  } catch (error) {
    throw error instanceof QuotaError ? error : notMade(folder.path, String(error), error)
  } finally {
    await rm(draft, removal).catch(() => undefined)
  }
}

/** Removes what a process has left that was killed while it made a cluster. */
export async function removeDrafts({ path }: EmbeddedFolder): Promise<void> {
  for (const name of await readdir(path)) {
    // Its initdb may still be running for a moment: what is left then is removed at the next start.
    if (name.startsWith(draftPrefix)) await rm(join(path, name), removal).catch(() => undefined)
  }
}

function notMade(path: string, complaint: string, cause?: unknown): QuotaError {
  // The first line says what went wrong; the rest, that everything is removed again.
  const lines = complaint.split('\n').map(line => line.trim())
  const at = lines.findIndex(line => /error|FATAL|PANIC|denied|No space/.test(line))
  // What is wrong in a configuration file stands in the line before.
  const from = at > 0 && lines[at]?.includes('contains errors') === true ? at - 1 : at
  const reason = at < 0 ? (lines.at(-1) ?? '') : lines.slice(from, at + 1).join(' ')
  return new QuotaError(
    'STORE_UNAVAILABLE',
    `creating a database in ${path} failed (${reason}): fix that, or set another folder in QUOTA_DATABASE_URL`,
    { cause },
  )
}
