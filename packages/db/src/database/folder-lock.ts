import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { QuotaError } from '@quotakeeper/quota-core'

/** Holds a folder for this process. */
export interface FolderLock {
  release(): Promise<void>
}

const socketName = /^owner\.\d+\.[0-9a-f]+\.sock$/
/** The longest path of a socket that every system takes. */
const longestPath = 100
const mostTries = 3

/**
 * Takes a folder for this process. The lock is a listening socket in it: the system closes it with the
 * process, however that ends, so no dead owner keeps a folder and no clock decides. Everybody listens
 * before looking for others, so two can never both find themselves alone.
 * @throws QuotaError STORE_UNAVAILABLE when another process holds it.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const place = await socketFolder(await realpath(folder))
  for (let tries = 0; tries < mostTries; tries++) {
    const name = `owner.${process.pid}.${randomBytes(6).toString('hex')}.sock`
    const server = await listen(join(place, name))
    if (!(await othersAreAlive(place, name))) return { release: () => stop(server) }
    await stop(server)
    // Two that start at once may have seen each other; unlike pauses let one of them go first.
    await new Promise(resolve => setTimeout(resolve, (randomBytes(1)[0] ?? 0) + 1))
  }
  throw new QuotaError(
    'STORE_UNAVAILABLE',
    `the folder ${folder} is in use by another process: stop that one, or let both use a PostgreSQL server by QUOTA_DATABASE_URL`,
  )
}

async function socketFolder(folder: string): Promise<string> {
  const longest = join(folder, `owner.${process.pid}.${'0'.repeat(12)}.sock`)
  if (longest.length <= longestPath) return folder
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const place = join(tmpdir(), `quotakeeper-${digest}`)
  await mkdir(place, { recursive: true, mode: 0o700 })
  return place
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy())
    server.once('error', reject)
    server.listen(path, () => resolve(server.unref()))
  })
}

function stop(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
  })
}

async function othersAreAlive(place: string, own: string): Promise<boolean> {
  const others = (await readdir(place)).filter(name => socketName.test(name) && name !== own)
  for (const name of others) {
    const path = join(place, name)
    if (await answers(path)) return true
    await rm(path, { force: true })
  }
  return false
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
