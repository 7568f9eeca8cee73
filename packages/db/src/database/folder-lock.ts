import { randomBytes } from 'node:crypto'
import { readdir, realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join, resolve } from 'node:path'
import { QuotaError } from '@quotakeeper/quota-core'
import { makeFolder } from '../embedded/durable-files.js'
import { shortWayTo } from './short-way.js'

/** Holds a folder for this process. */
export interface FolderLock {
  release(): Promise<void>
}

const socketName = /^owner\.\d+\.[0-9a-f]{12}\.sock$/
/** Errors of a connection to a socket without a listener, or to none. */
const deadCodes = new Set(['ECONNREFUSED', 'ENOENT'])
const maxTries = 3

/**
 * Takes a folder for this process, creating it where it is missing. The lock is a listening socket in it:
 * the system closes it with the process, however that ends, so a dead owner keeps no folder and no clock
 * decides. Each process listens before it looks for others. A socket that does not listen yet is removed by whoever finds
 * it, which its process notices; so two can never both find themselves alone. Works between processes of one machine: on
 * a network file system, sockets of other machines look dead.
 * @throws QuotaError STORE_UNAVAILABLE when another process holds it; INVALID_INPUT where the file system
 *   has no sockets, or the folder cannot be written.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const directory = await realFolder(folder)
  for (let tries = 0; tries < maxTries; tries++) {
    const lock = await tryLock(directory)
    if (lock !== null) return lock
    // Two that start at once may have seen each other; pauses of different length let one of them go first.
    await new Promise(resolve => setTimeout(resolve, (randomBytes(1)[0] ?? 0) + 1))
  }
  throw new QuotaError(
    'STORE_UNAVAILABLE',
    `the folder ${folder} is in use by another process: stop that one, or let both use a PostgreSQL server by QUOTA_DATABASE_URL`,
  )
}

async function realFolder(folder: string): Promise<string> {
  try {
    await makeFolder(resolve(folder))
    return await realpath(folder)
  } catch (cause) {
    throw unlockable(folder, cause)
  }
}

/** Null when another process listens there. */
async function tryLock(directory: string): Promise<FolderLock | null> {
  const name = `owner.${process.pid}.${randomBytes(6).toString('hex')}.sock`
  const way = await shortWayTo(directory, name)
  try {
    const server = await listen(join(way.path, name), directory)
    if (await isAlone(way.path, name)) return { release: () => stop(server, join(directory, name)) }
    await stop(server, join(directory, name))
    return null
  } finally {
    await way.clear()
  }
}

function listen(path: string, directory: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy())
    // Stays after the start: a connection that cannot be accepted shows that the owner is alive, too.
    server.on('error', cause => reject(unlockable(directory, cause)))
    // A held folder does not keep the process running.
    server.listen(path, () => resolve(server.unref()))
  })
}

async function stop(server: Server, path: string): Promise<void> {
  await new Promise<void>(resolve => {
    server.close(() => resolve())
  })
  // The server removes the path it was given, which may have led here by a link that is gone.
  await rm(path, { force: true })
}

async function isAlone(directory: string, own: string): Promise<boolean> {
  const others = (await readdir(directory)).filter(name => socketName.test(name) && name !== own)
  for (const name of others) {
    const path = join(directory, name)
    if (await isAlive(path)) return false
    await rm(path, { force: true })
  }
  // Another process that looked between our bind and our listen has removed our socket as a dead one's.
  return (await readdir(directory)).includes(own)
}

function isAlive(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    // Any other error, such as a full backlog or a missing permission, comes from one that listens.
    socket.once('error', error => resolve(!('code' in error && deadCodes.has(String(error.code)))))
  })
}

function unlockable(folder: string, cause: unknown): QuotaError {
  const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : ''
  return new QuotaError(
    'INVALID_INPUT',
    `the folder ${folder} cannot be used for a database${code}: set QUOTA_DATABASE_URL to one on a local file system that this user can write to`,
    { field: 'QUOTA_DATABASE_URL', cause },
  )
}
