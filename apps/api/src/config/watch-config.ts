import { DatabaseFailure } from '@quotakeeper/db'
import { QuotaError } from '@quotakeeper/quota-core'
import { ChangedFile, repeat, StartupError } from '@quotakeeper/server-kit'
import type { Log } from '../log.js'
import type { Config } from './config-schema.js'
import type { ConfigFile } from './configure.js'
import { readConfigFile } from './read-config-file.js'

const defaultEveryMs = 300

export interface WatchOptions {
  /** As it was applied at the start. */
  readonly file: ConfigFile
  /** Applies what can be changed while running. */
  readonly apply: (config: Config) => Promise<void>
  /** Settings that {@link WatchOptions.apply} applies; a change of others is logged. */
  readonly applied: readonly (keyof Config)[]
  readonly log: Log & { info(details: object, text: string): void }
  /** Milliseconds between polls. */
  readonly everyMs?: number
}

/**
 * Reads the configuration file again when it has changed, and applies it. Nothing of a file with a fault is applied: the
 * fault is logged with its place, and the former settings stay.
 */
export function watchConfig({ file, apply, applied, log, everyMs = defaultEveryMs }: WatchOptions): {
  stop(): Promise<void>
} {
  const { path } = file
  // The file may have changed since it was read at the start.
  const changes = new ChangedFile(path)
  let loggedMark: string | null = null
  let last = JSON.stringify(file.config)
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
      if (text !== last) await apply(config)
      changes.settle(mark)
      if (text === last) return
      last = text
      log.info({ path }, 'the changed configuration file is applied')
      const waiting = changedBeside(config, file.config, applied)
      if (waiting.length > 0)
        log.warn(
          { path, settings: waiting },
          'these settings of the configuration file are applied at the next start',
        )
    } catch (error) {
      // A fault of the file stays until it changes; the database may answer at the next poll.
      if (!isTemporary(error)) changes.settle(mark)
      logFailure(mark, error)
    }
  }
  return repeat(everyMs, poll)
}

function isTemporary(error: unknown): boolean {
  return error instanceof DatabaseFailure || (error instanceof QuotaError && error.isRetryable)
}

/** Names of the other settings that differ from those of the start. */
function changedBeside(
  config: Config,
  before: Config,
  applied: readonly (keyof Config)[],
): readonly string[] {
  const names = Object.keys({ ...before, ...config }) as (keyof Config)[]
  return names.filter(
    name => !applied.includes(name) && JSON.stringify(config[name]) !== JSON.stringify(before[name]),
  )
}
