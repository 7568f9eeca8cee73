import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { leaveLastWill } from '../process/last-will.js'
import { defaultSettings, initialise, settingFlags, startOnFreePort } from './cluster.js'
import { type ClusterOwner, findClusterOwner } from './cluster-owner.js'
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js'
import { type Postmaster, startPostmaster } from './postmaster.js'

const run = promisify(execFile)
const replicationTimeoutMs = 120_000
const pollMs = 20

/** A PostgreSQL 18 with a synchronous standby: acknowledged commits are on both. */
export interface ReplicatedPostgres extends AsyncDisposable {
  /** URL of the superuser and the database `postgres`, with both hosts, the primary first. */
  readonly url: string
  readonly primaryUrl: string
  readonly standbyUrl: string
  /** Kill -9. Final: a returning primary would have to become a standby. */
  killPrimary(): Promise<void>
  /** Promotes the standby, which then waits for no other server. */
  promoteStandby(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts both on random ports of 127.0.0.1, and waits until they replicate synchronously. They end with this process,
 * even if killed.
 *
 * @throws Error if PostgreSQL does not start or does not replicate within 30 s
 */
export async function startReplicatedPostgres(): Promise<ReplicatedPostgres> {
  const owner = await findClusterOwner()
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-replicated-'))
  if (owner !== null) await chown(directory, owner.uid, owner.gid)
  const binaries = await findPostgresBinaries({ owner, scratchDirectory: directory })
  const lastWill = leaveLastWill({
    script:
      'for data in "$2/primary" "$2/standby"; do "$1" -D "$data" -m immediate -t 10 stop; done\nrm -rf "$2"',
    args: [binaries.pgCtl, directory],
    ...owner,
  })
  const cluster: Cluster = { binaries, owner, directory }
  const dataDirectory = join(directory, 'primary')
  const password = await initialise({ ...cluster, dataDirectory })
  await copyAsStandby(cluster)
  const primary = await startServer(cluster, 'primary', { synchronous_standby_names: '*' })
  const source = `host=127.0.0.1 port=${primary.port} user=postgres password=${password}`
  const standby = await startServer(cluster, 'standby', { primary_conninfo: source })
  const urlOf = (hosts: string): string => `postgres://postgres:${password}@${hosts}/postgres`
  const hosts = [primary, standby].map(({ port }) => `127.0.0.1:${port}`)
  const [primaryUrl = '', standbyUrl = ''] = hosts.map(urlOf)
  await untilSynchronous(primaryUrl)

  let isPrimaryUp = true
  const stopPrimary = async (mode: 'immediate' | 'kill'): Promise<void> => {
    if (!isPrimaryUp) return
    isPrimaryUp = false
    await primary.postmaster.shutDown(mode)
  }
  const stop = async (): Promise<void> => {
    await stopPrimary('immediate')
    await standby.postmaster.shutDown('immediate')
    await rm(directory, { recursive: true, force: true })
    lastWill.revoke()
  }
  return {
    url: urlOf(hosts.join(',')),
    primaryUrl,
    standbyUrl,
    killPrimary: () => stopPrimary('kill'),
    promoteStandby: () => query(standbyUrl, 'select pg_promote(wait => true, wait_seconds => 30)'),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

interface Cluster {
  readonly binaries: PostgresBinaries
  readonly owner: ClusterOwner | null
  readonly directory: string
}

/** A cluster that was never started can be copied: both then share the required history. */
async function copyAsStandby({ directory, owner }: Cluster): Promise<void> {
  const standby = join(directory, 'standby')
  const signal = join(standby, 'standby.signal')
  await run('cp', ['-a', join(directory, 'primary'), standby], { ...owner, cwd: '/' })
  await writeFile(signal, '')
  if (owner !== null) await chown(signal, owner.uid, owner.gid)
}

async function startServer(
  { binaries, owner, directory }: Cluster,
  name: 'primary' | 'standby',
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly port: number; readonly postmaster: Postmaster }> {
  return startOnFreePort(port =>
    startPostmaster({
      program: binaries.postgres,
      args: [
        '-D',
        join(directory, name),
        ...settingFlags({ port: String(port), ...defaultSettings, ...settings }),
      ],
      owner,
    }),
  )
}

async function untilSynchronous(primaryUrl: string): Promise<void> {
  const client = new Client({ connectionString: primaryUrl, connectionTimeoutMillis: 60_000 })
  await client.connect()
  try {
    const deadlineMs = performance.now() + replicationTimeoutMs
    while (performance.now() < deadlineMs) {
      const { rows } = await client.query(`select from pg_stat_replication where sync_state = 'sync'`)
      if (rows.length > 0) return
      await pause(pollMs)
    }
    throw new Error(`the standby did not replicate within ${replicationTimeoutMs} ms`)
  } finally {
    await client.end()
  }
}

async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 60_000 })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
