import { exitCodes, Failure } from '../../failure.js'
import type { FileChange } from '../client-setup.js'
import { maskSecrets } from './mask-secrets.js'
import { readSettingsFile } from './settings-file.js'
import { type DiffLine, diffLines } from './text-diff.js'

/** A file of a client as it will be. */
export interface EditedFile {
  readonly path: string
  readonly isNew: boolean
  readonly text: string
  /** Empty where it is set up already. Secrets are masked. */
  readonly diff: readonly DiffLine[]
}

/** @throws Failure where the file cannot be read, or is not what its client reads */
export async function editFile({ path, merge }: FileChange): Promise<EditedFile> {
  const before = await readSettingsFile(path)
  try {
    const text = merge(before)
    const diff = diffLines(before ?? '', text).map(line => ({ ...line, text: maskSecrets(line.text) }))
    return { path, isNew: before === null, text, diff }
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    const line = `${path} cannot be changed: ${cause.message}; correct it, or move it away and try again`
    throw new Failure(line, exitCodes.failed, { cause })
  }
}
