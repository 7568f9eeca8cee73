import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The longest path of a socket that every system takes, in bytes. */
const longestPathBytes = 100

/** A path that leads to a folder and is short enough for sockets in it. */
export interface ShortWay {
  readonly path: string
  /** Removes the link, if any; the folder stays. */
  clear(): Promise<void>
}

/**
 * A short way to a folder: its own path, or a symbolic link to it from the directory for temporary files
 * where the path is too long for a socket named `socketName`. The sockets themselves are in the folder
 * either way: elsewhere, processes that disagree on the directory (TMPDIR, a service with a private /tmp) would not find
 * each other's.
 */
export async function shortWayTo(folder: string, socketName: string): Promise<ShortWay> {
  if (Buffer.byteLength(join(folder, socketName)) <= longestPathBytes) {
    return { path: folder, clear: async () => {} }
  }
  const directory = await mkdtemp(join(tmpdir(), 'qk-'))
  const path = join(directory, 'f')
  await symlink(folder, path)
  return { path, clear: () => rm(directory, { recursive: true, force: true }) }
}
