import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { shortWayTo } from '../database/short-way.js'
import { exists } from './durable-files.js'
import { role } from './init-cluster.js'
import { socketPort } from './server-flags.js'

/** The longest path of a socket that every system takes, in bytes, is 103. */
const longestPathBytes = 100

/** How a client reaches the server. */
export interface ServerAddress {
  urlOf(database: string): string
  /** Closes the address: it leads nowhere any more. */
  close(): Promise<void>
}

/** By the socket in its data folder, or by a shorter path to it where its own is too long. */
export async function serverAddress(cluster: string, password: string): Promise<ServerAddress> {
  const { path, close } = await reachable(cluster)
  const host = encodeURIComponent(path)
  const user = `${role}:${encodeURIComponent(password)}`
  return {
    // Of the two hosts, the second counts: with a user, a URL must have the first.
    urlOf: database => `postgres://${user}@localhost/${database}?host=${host}&port=${socketPort}`,
    close,
  }
}

async function reachable(cluster: string): Promise<{ readonly path: string; close(): Promise<void> }> {
  if (Buffer.byteLength(join(cluster, `.s.PGSQL.${socketPort}`)) <= longestPathBytes)
    return { path: cluster, close: async () => {} }
  // A folder that this process has open has a short path, too. A link among temporary files might be cleaned up.
  if (await exists('/proc/self/fd')) {
    const folder = await open(cluster)
    return { path: `/proc/self/fd/${folder.fd}`, close: () => folder.close() }
  }
  const way = await shortWayTo(cluster, `.s.PGSQL.${socketPort}`)
  return { path: way.path, close: way.clear }
}
