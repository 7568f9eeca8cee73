import { DatabaseFailure } from '@quotakeeper/db'
import { QuotaError } from '@quotakeeper/quota-core'
import { ChangedFile, repeat, StartupError } from '@quotakeeper/server-kit'
import type { Log } from '../log.js'
import type { Config } from './config-schema.js'
import { readConfigFile } from './read-config-file.js'

const defaultEveryMs = 300

export interface WatchOptions {
  readonly path: string
  /** As it was applied at the start; null if there was no file. */
  readonly before: Config | null
  readonly apply: (config: Config) => Promise<void>
  readonly log: Log & { info(details: object, text: string): void }
  /** Milliseconds between polls. */
  readonly everyMs?: number
}

/**
 * Reads the configuration file when it has changed or was created, and applies it. Nothing of a file with a fault is
 * applied: the fault is logged with its place, and the former settings stay. So they do if the file is removed.
 */
export function watchConfig({ path, before, apply, log, everyMs = defaultEveryMs }: WatchOptions): {
  stop(): Promise<void>
} {
  // A file may have changed since it was read at the start; that there was none is nothing to report.
  const changes = new ChangedFile(path, before === null ? '' : null)
  let loggedMark: string | null = null
  let last = before === null ? null : JSON.stringify(before)
  let isGone = before === null
  const logFailure = (mark: string, err: unknown): void => {
    if (loggedMark === mark) return
    loggedMark = mark
    const isKnown = err instanceof StartupError || err instanceof QuotaError
    const reason = isKnown ? err.message : undefined
    log.error(
      { path, ...(reason === undefined ? { err } : { reason }) },
      'the changed configuration file is not applied',
    )
  }
  const poll = async (): Promise<void> => {
    const mark = await changes.changed()
    if (mark === null) return
    try {
      const config = readConfigFile(path)
      const text = JSON.stringify(config)
      if (text === last && !isGone) return changes.settle(mark)
      await apply(config)
      changes.settle(mark)
      log.info({ path }, appliedText(last === null, isGone))
      last = text
      isGone = false
    } catch (error) {
      if (isMissing(error)) {
        changes.settle(mark)
        if (!isGone) log.warn({ path }, goneText)
        isGone = true
        return
      }
      // A fault of the file stays until it changes; the database may answer at the next poll.
      if (!isTemporary(error)) changes.settle(mark)
      logFailure(mark, error)
    }
  }
  return repeat(everyMs, poll)
}

const goneText =
  'the configuration file is gone: what it had set stays in use, and the file is applied again when it is back'

function appliedText(isFirst: boolean, wasGone: boolean): string {
  if (isFirst) return 'the new configuration file is applied'
  return wasGone
    ? 'the configuration file is back, and is applied'
    : 'the changed configuration file is applied'
}

/** Whether the file was not there when it was read. */
function isMissing(error: unknown): boolean {
  const cause = error instanceof StartupError ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}

function isTemporary(error: unknown): boolean {
  return error instanceof DatabaseFailure || (error instanceof QuotaError && error.isRetryable)
}
