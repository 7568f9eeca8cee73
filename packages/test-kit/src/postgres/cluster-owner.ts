import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The user that owns a cluster's processes and files. */
export interface ClusterOwner {
  readonly uid: number
  readonly gid: number
}

/**
 * The user to run PostgreSQL as, which refuses to run as root: `postgres` if it exists, else `nobody`, so that tests
 * create no user.
 *
 * @returns null for an ordinary user, who runs it as themselves
 * @throws Error if root and neither user exists
 */
export async function findClusterOwner(): Promise<ClusterOwner | null> {
  if (process.getuid?.() !== 0) return null
  for (const name of ['postgres', 'nobody']) {
    const owner = await lookUp(name)
    if (owner !== null) return owner
  }
  throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as')
}

async function lookUp(name: string): Promise<ClusterOwner | null> {
  try {
    const [user, group] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    const owner = { uid: Number(user.stdout), gid: Number(group.stdout) }
    return Number.isInteger(owner.uid) && owner.uid > 0 && Number.isInteger(owner.gid) ? owner : null
  } catch {
    // `id` fails for a missing user: try the next name.
    return null
  }
}
