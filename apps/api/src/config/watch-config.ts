import { statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { DatabaseFailure } from '@quotakeeper/db'
import { QuotaError } from '@quotakeeper/quota-core'
import { StartupError } from '@quotakeeper/server-kit'
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
 * fault is logged with its place, and the former settings stay. The file is read once two polls have found it unchanged,
 * since the first half of a file that is being written may be valid, too. It is polled: file system events are missing
 * for mounted files and for files that a link replaces.
 */
export function watchConfig({ file, apply, applied, log, everyMs = defaultEveryMs }: WatchOptions): {
  stop(): Promise<void>
} {
  const { path } = file
  const stopping = new AbortController()
  const { signal } = stopping
  // Unknown at first: the file may have changed since it was read at the start.
  let done: string | null = null
  let seen: string | null = null
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
    const mark = markOf(path)
    const isStill = mark === seen
    seen = mark
    if (mark === done || !isStill) return
    try {
      const config = readConfigFile(path)
      const text = JSON.stringify(config)
      if (text !== last) await apply(config)
      done = mark
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
      if (!isTemporary(error)) done = mark
      logFailure(mark, error)
    }
  }
  const live = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
      if (!signal.aborted) await poll()
    }
  }
  const living = live()
  return {
    stop: async () => {
      stopping.abort()
      await living
    },
  }
}

function isTemporary(error: unknown): boolean {
  return error instanceof DatabaseFailure || (error instanceof QuotaError && error.isRetryable)
}

/** Changes whenever the file does; '' if it is not there. */
function markOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true })
  return stats === undefined
    ? ''
    : `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`
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
