/**
 * Which configuration file is in use. Applying a file and adding samples run one after another: samples that are added
 * while a first file is being applied would stay beside its providers.
 */
export class ConfigInUse {
  #path: string | null
  #last: Promise<unknown> = Promise.resolve()

  /** @param path of the file that was applied at the start; null for none */
  constructor(path: string | null) {
    this.#path = path
  }

  /** The path of the file that was applied last; null for none. */
  get path(): string | null {
    return this.#path
  }

  /** Applies the file at the path. @throws as `apply` does; the file is then not in use */
  applyFile(path: string, apply: () => Promise<void>): Promise<void> {
    return this.#next(async () => {
      await apply()
      this.#path = path
    })
  }

  /** Runs the task if no file is in use. @throws as the task does */
  withoutFile(task: () => Promise<unknown>): Promise<void> {
    return this.#next(async () => {
      if (this.#path === null) await task()
    })
  }

  #next(task: () => Promise<void>): Promise<void> {
    const run = this.#last.then(task)
    this.#last = run.catch(() => undefined)
    return run
  }
}
