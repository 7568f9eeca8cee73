import { access, mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Replaces a small file that this user alone may read: whole or not at all, and on disk when this resolves. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.draft`
  await writeFile(draft, text, { mode: 0o600, flush: true })
  await renameDurably(draft, path)
}

/** Renames within a folder; on disk when this resolves. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to)
  // A rename is safe against power loss once its folder is on disk.
  const folder = await open(dirname(to))
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * Makes a folder and its parents where they are missing, for this user alone unless said otherwise. The `recursive` of
 * Node.js never returns where a file system cannot have folders, as below /proc.
 */
export async function makeFolder(path: string, mode = 0o700): Promise<void> {
  try {
    await mkdir(path, { mode })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'EEXIST' && (await stat(path)).isDirectory()) return
    const parent = dirname(path)
    if (error.code !== 'ENOENT' || parent === path) throw error
    await makeFolder(parent, mode)
    await mkdir(path, { mode })
  }
}

/** Null for a missing file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isAbsence(error)) return null
    throw error
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isAbsence(error)) return false
    throw error
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
