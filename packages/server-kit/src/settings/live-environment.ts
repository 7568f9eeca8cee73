import { resolve } from 'node:path'
import { StartupError } from '../lifecycle/startup-error.js'
import { ChangedFile, repeat } from './changed-file.js'
import { readDotenv } from './dotenv.js'
import { dotenvFile, readEnvironment } from './env.js'
import type { Environment } from './environment.js'

const everyMs = 300

/** What follows changes of `.env`. */
export interface EnvironmentFollower {
  /** Whether a changed variable is used from now on; others are logged as waiting for the next start. */
  readonly isApplied: (name: string) => boolean
  /** Called after variables have changed that are applied. Its failures are logged, and it is called again. */
  readonly onChange: () => void | Promise<void>
  readonly log: Record<'info' | 'warn' | 'error', (details: object, text: string) => void>
}

/** The environment of this process with `.env` as it is now. Variables of the process take precedence over the file's. */
export class LiveEnvironment {
  readonly #base: Environment
  readonly #path: string | null
  #current: Environment

  private constructor(base: Environment, path: string | null, current: Environment) {
    this.#base = base
    this.#path = path
    this.#current = current
  }

  /** @throws StartupError as {@link readEnvironment} */
  static open(): LiveEnvironment {
    const base = { ...process.env }
    return new LiveEnvironment(base, resolve(dotenvFile), readEnvironment())
  }

  /** One without a file. */
  static fixed(environment: Environment): LiveEnvironment {
    return new LiveEnvironment(environment, null, environment)
  }

  current(): Environment {
    return this.#current
  }

  /**
   * Reads the file again when it has changed. Nothing of a file with a fault is applied: every fault is logged with its
   * line, and the former variables stay. So they do if the file is removed.
   */
  follow(follower: EnvironmentFollower): { stop(): Promise<void> } {
    const path = this.#path
    if (path === null) return { stop: async () => undefined }
    const changes = new ChangedFile(path)
    return repeat(everyMs, async () => {
      const mark = await changes.changed()
      if (mark === null) return
      if (await this.#take(path, mark, follower)) changes.settle(mark)
    })
  }

  /** @returns whether the file needs no further attempt */
  async #take(
    path: string,
    mark: string,
    { isApplied, onChange, log }: EnvironmentFollower,
  ): Promise<boolean> {
    const before = this.#current
    try {
      if (mark !== '') this.#current = { ...readDotenv(path), ...this.#base }
      else if (differing(before, this.#base).length > 0)
        log.warn({ path }, 'the file is gone: its variables stay in use until the next start')
      const names = differing(before, this.#current)
      const applied = names.filter(isApplied)
      if (applied.length > 0) {
        await onChange()
        log.info({ path, variables: applied }, 'changed variables are applied')
      }
      const waiting = names.filter(name => !isApplied(name))
      if (waiting.length > 0)
        log.warn({ path, variables: waiting }, 'these variables are applied at the next start')
      return true
    } catch (error) {
      if (error instanceof StartupError) {
        log.error({ path, reason: error.message }, 'the changed file is not applied')
        return true
      }
      this.#current = before
      log.warn({ path, err: error }, 'applying the changed file failed; trying again')
      return false
    }
  }
}

/** Names of variables whose values differ; unset and empty are the same. */
function differing(left: Environment, right: Environment): readonly string[] {
  const names = Object.keys({ ...left, ...right })
  return names.filter(name => (left[name] ?? '') !== (right[name] ?? ''))
}
