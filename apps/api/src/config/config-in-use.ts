import type { Config } from './config-schema.js'
import type { ConfigFile } from './configure.js'

/**
 * Which configuration file is in use. Applying a file and adding samples run one after another: samples that are added
 * while a first file is being applied would stay beside its providers.
 */
export class ConfigInUse {
  #file: ConfigFile | null
  #last: Promise<unknown> = Promise.resolve()

  /** @param file that was applied at the start; null for none */
  constructor(file: ConfigFile | null) {
    this.#file = file
  }

  /** The path of the file that was applied last; null for none. */
  get path(): string | null {
    return this.#file?.path ?? null
  }

  /** What that file says; null for none. */
  get config(): Config | null {
    return this.#file?.config ?? null
  }

  /** Applies a file. @throws as `apply` does; the file is then not in use */
  applyFile(file: ConfigFile, apply: () => Promise<void>): Promise<void> {
    return this.#next(async () => {
      await apply()
      this.#file = file
    })
  }

  /** Runs the task if no file is in use. @throws as the task does */
  withoutFile(task: () => Promise<unknown>): Promise<void> {
    return this.#next(async () => {
      if (this.#file === null) await task()
    })
  }

  #next(task: () => Promise<void>): Promise<void> {
    const run = this.#last.then(task)
    this.#last = run.catch(() => undefined)
    return run
  }
}
