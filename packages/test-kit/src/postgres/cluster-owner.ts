import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The user that a cluster's processes and files belong to. */
export interface ClusterOwner {
  readonly uid: number
  readonly gid: number
}

/**
 * Who is to run PostgreSQL, which refuses to run as root: `postgres` where there is such a user, else
 * `nobody`, so that no user has to be created on a machine for the sake of tests.
 *
 * @returns null for an ordinary user, who runs it as himself
 * @throws Error as root on a machine with neither user
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
    // `id` ends with an error for a user that does not exist: the next name is tried.
    return null
  }
}
