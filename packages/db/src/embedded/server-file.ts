import { rm } from 'node:fs/promises'
import { QuotaError } from '@quotakeeper/quota-core'
import { readIfThere, replaceFile } from './durable-files.js'
import { type EmbeddedFolder, recordOf } from './embedded-folder.js'

/** How processes that are not the owner reach a running server. */
export interface RunningServer {
  /** Of data; the socket is in it. */
  readonly cluster: string
  readonly password: string
}

/** Written when the server answers; readable by its owner's user only. */
export async function writeServerFile({ serverFile }: EmbeddedFolder, server: RunningServer): Promise<void> {
  await replaceFile(serverFile, `${JSON.stringify({ ...server, ownerPid: process.pid })}\n`)
}

export async function removeServerFile({ serverFile }: EmbeddedFolder): Promise<void> {
  await rm(serverFile, { force: true })
}

/**
 * Of the server whose owner holds the folder. Null where there is none: it is about to start or to end, or PGlite.
 * @throws QuotaError INVALID_INPUT where it is another user's
 */
export async function readServerFile({ serverFile, path }: EmbeddedFolder): Promise<RunningServer | null> {
  let text: string | null
  try {
    text = await readIfThere(serverFile)
  } catch (cause) {
    const reported = `the database in ${path} is run by another user: run this command as that user`
    throw new QuotaError('INVALID_INPUT', reported, { field: 'QUOTA_DATABASE_URL', cause })
  }
  const { cluster, password } = recordOf(text ?? '') ?? {}
  return typeof cluster === 'string' && typeof password === 'string' ? { cluster, password } : null
}
