import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { QuotaError } from '@quotakeeper/quota-core'
import { exists, makeFolder, readIfThere, replaceFile } from './durable-files.js'

/** The PostgreSQL that this release includes, both as a child process and as PGlite. */
const embeddedMajor = '18'

/**
 * Which database an embedded folder holds. Chosen when the folder is made, written into it, and kept: the other
 * would be empty, and grant everything again.
 */
export type Engine = PostgresEngine | { readonly engine: 'pglite' }

export interface PostgresEngine {
  readonly engine: 'postgresql'
  /** Of the server's one role. */
  readonly password: string
  /** False until the database is created, with all data of an earlier PGlite folder. Nothing is served until then. */
  readonly isReady: boolean
}

/** The paths in `embedded:DIR`. */
export interface EmbeddedFolder {
  readonly path: string
  /** Says which engine it is. */
  readonly engineFile: string
  /** PostgreSQL's data, and its socket. */
  readonly cluster: string
  /** How to reach the server that runs. */
  readonly serverFile: string
  /** PGlite's data; beside a cluster, a note for older releases. */
  readonly pglite: string
  /** PGlite's data once it has been moved into the cluster. */
  readonly movedPglite: string
}

export function embeddedFolder(path: string): EmbeddedFolder {
  return {
    path,
    engineFile: join(path, 'engine.json'),
    cluster: join(path, 'cluster'),
    serverFile: join(path, 'server.json'),
    pglite: join(path, 'pgdata'),
    movedPglite: join(path, 'pgdata.moved'),
  }
}

/**
 * Null for a folder whose engine is not chosen yet.
 * @throws QuotaError INVALID_INPUT where the file cannot be read, is not understood by this release, or is missing
 */
export async function readEngine({ engineFile, cluster, path }: EmbeddedFolder): Promise<Engine | null> {
  const text = await readIfThere(engineFile).catch(cause => {
    throw unusable(path, `engine.json cannot be read (${cause instanceof Error ? cause.message : cause})`)
  })
  if (text === null) {
    if (!(await exists(cluster))) return null
    throw unusable(path, 'engine.json is missing')
  }
  const stored = recordOf(text)
  if (stored?.['engine'] === 'pglite') return { engine: 'pglite' }
  const password = stored?.['password']
  if (stored?.['engine'] !== 'postgresql' || typeof password !== 'string')
    throw unusable(path, 'engine.json is damaged, or of a newer release')
  return { engine: 'postgresql', password, isReady: stored['isReady'] === true }
}

/** Synced to disk, whole, when this resolves; a crash before leaves the former file. */
export async function writeEngine({ engineFile }: EmbeddedFolder, engine: Engine): Promise<void> {
  await replaceFile(engineFile, `${JSON.stringify(engine)}\n`)
}

/** Whether a folder holds a database of either engine. */
export async function isEmbeddedThere(path: string): Promise<boolean> {
  const folder = embeddedFolder(path)
  return (await readEngine(folder)) !== null || (await hasPgliteData(folder))
}

export function newPostgresEngine(): PostgresEngine {
  return { engine: 'postgresql', password: randomBytes(24).toString('base64url'), isReady: false }
}

/**
 * @throws QuotaError INVALID_INPUT for data of another major, and where what was made is gone: an empty database in
 *   its place would grant everything again
 */
export async function checkCluster(
  { cluster, path }: EmbeddedFolder,
  { isReady }: PostgresEngine,
): Promise<void> {
  const major = await majorOf(cluster)
  if (major === null && isReady) throw unusable(path, 'its cluster is missing')
  if (major === null || major === embeddedMajor) return
  throw new QuotaError(
    'INVALID_INPUT',
    `the database folder ${path} is of PostgreSQL ${major}, and this release includes PostgreSQL ${embeddedMajor}: move its data to a server by "qk move ${path}" of the release that wrote it, or name another folder in QUOTA_DATABASE_URL`,
    { field: 'QUOTA_DATABASE_URL' },
  )
}

/**
 * @throws QuotaError INVALID_INPUT for a folder of PGlite's that is of another PostgreSQL, or that holds a cluster
 */
export async function refuseOtherPglite(path: string): Promise<void> {
  const folder = embeddedFolder(path)
  if ((await readEngine(folder))?.engine === 'postgresql') {
    throw new QuotaError(
      'INVALID_INPUT',
      `the folder ${path} holds a PostgreSQL database, not PGlite: set QUOTA_DATABASE_URL=embedded:${path}`,
      { field: 'QUOTA_DATABASE_URL' },
    )
  }
  const major = await majorOf(folder.pglite)
  if (major === null || major === embeddedMajor) return
  throw new QuotaError(
    'INVALID_INPUT',
    `the folder ${path} was written by PostgreSQL ${major}, and this release embeds PostgreSQL ${embeddedMajor}: open it with the release that wrote it and copy its data with pg_dump, or start anew by naming another folder in QUOTA_DATABASE_URL`,
    { field: 'QUOTA_DATABASE_URL' },
  )
}

/** The major that wrote a folder of data, as text; null where there is none. */
async function majorOf(dataFolder: string): Promise<string | null> {
  return (await readIfThere(join(dataFolder, 'PG_VERSION')))?.trim() ?? null
}

/** Whether there is data of PGlite's, rather than nothing, or the note for older releases. */
export function hasPgliteData({ pglite }: EmbeddedFolder): Promise<boolean> {
  return exists(join(pglite, 'global', 'pg_control'))
}

/**
 * Makes releases from before PostgreSQL refuse the folder: they look for PGlite's data in it, would make an empty
 * database there, and grant everything again. Their error repeats this text as the version that wrote the folder.
 */
export async function leaveNoteForOlderReleases({ pglite }: EmbeddedFolder): Promise<void> {
  const note = `${embeddedMajor} of a newer Quotakeeper (QUOTA_DATABASE_URL=embedded:…)`
  if ((await majorOf(pglite)) === note) return
  await makeFolder(pglite)
  await replaceFile(join(pglite, 'PG_VERSION'), `${note}\n`)
}

/** Parses a JSON object; null for any other text. */
export function recordOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    // The keys of a parsed object are strings.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function unusable(path: string, what: string): QuotaError {
  return new QuotaError(
    'INVALID_INPUT',
    `the database folder ${path} cannot be opened, since ${what}: restore it from a backup, start as its owner, or name another folder in QUOTA_DATABASE_URL`,
    { field: 'QUOTA_DATABASE_URL' },
  )
}
