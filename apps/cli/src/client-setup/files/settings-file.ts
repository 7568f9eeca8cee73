import { constants } from 'node:fs'
import { chmod, copyFile, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { exitCodes, Failure } from '../../failure.js'

/** No file of settings is that large. */
const maxBytes = 4 * 1_024 * 1_024

/**
 * The text of a file; null where there is none.
 * @throws Failure where it cannot be read
 */
export async function readSettingsFile(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path)
    if (size > maxBytes) throw new Failure(`${path} is too large to be a file of settings`, exitCodes.failed)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Failure) throw error
    if (isMissing(error)) return null
    throw new Failure(`${path} cannot be read: fix its permissions`, exitCodes.failed, { cause: error })
  }
}

/**
 * Writes a file at once, as a whole: nobody sees half of it. What was there is kept in a copy beside it, with its
 * permissions; a link stays one, and the file behind it is written. A new file is for its owner alone.
 * @returns the path of the copy, null where there was no file
 * @throws Failure where it cannot be written; then everything is as it was
 */
export async function writeSettingsFile(path: string, text: string, now: Date): Promise<string | null> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const target = await realpath(path).catch(() => path)
    const mode = await modeOf(target)
    const backup = mode === null ? null : `${path}.bak-${now.toISOString().replaceAll(/[-:.]/g, '')}`
    if (backup !== null) await copyFile(target, backup, constants.COPYFILE_EXCL)
    const part = `${target}.part-${process.pid}`
    try {
      await writeFile(part, text, { mode: mode ?? 0o600, flag: 'wx' })
      // The mask of the process may have taken some away.
      if (mode !== null) await chmod(part, mode)
      await rename(part, target)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
    return backup
  } catch (cause) {
    throw new Failure(`${path} cannot be written: fix the permissions of its folder`, exitCodes.failed, {
      cause,
    })
  }
}

async function modeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode & 0o777
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
