import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { exitCodes, Failure } from '../failure.js'

/** Where an export goes. */
export interface ExportFile {
  /** @throws Failure if it cannot be written */
  write(chunk: Uint8Array): Promise<void>
  /** Makes a complete export appear under its name. @throws Failure if it cannot */
  finish(): Promise<void>
  /** Ends an incomplete export, and removes it. */
  discard(): Promise<void>
}

/**
 * Opens a file for an export. A regular one is written beside its place and renamed when complete, so that no partial
 * export has its name; a link stays one. Anything else, such as a named pipe or /dev/stdout, is written itself: a rename
 * would put a file in its place.
 * @throws Failure if it cannot be written
 */
export async function openExportFile(output: string): Promise<ExportFile> {
  const failed = (cause: unknown): never => {
    throw notWritable(output, cause)
  }
  const isReplaced = await stat(output).then(
    found => found.isFile() || found.isDirectory(),
    () => true,
  )
  const target = isReplaced ? await realpath(output).catch(() => output) : output
  const part = isReplaced ? `${target}.part` : target
  const file = await open(part, 'w').catch(failed)
  return {
    write: chunk => file.writeFile(chunk).catch(failed),
    finish: async () => {
      await file.close().catch(failed)
      if (isReplaced) await rename(part, target).catch(failed)
    },
    discard: async () => {
      await file.close()
      if (isReplaced) await rm(part, { force: true })
    },
  }
}

function notWritable(output: string, cause: unknown): Failure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
  return new Failure(
    `--output ${output}: cannot be written (${code}); name a file in a folder that exists and is writable`,
    exitCodes.failed,
    { cause },
  )
}
