import type { Log } from '../log.js'

const mostNoticed = 1_000

/** Models that are called though nobody tells what they cost: each is said to be so once. */
export class UnpricedModels {
  readonly #log: Log
  readonly #noticed = new Set<string>()

  constructor(log: Log) {
    this.#log = log
  }

  notice(vendor: string, model: string): void {
    const name = `${vendor}/${model}`
    if (this.#noticed.has(name) || this.#noticed.size >= mostNoticed) return
    this.#noticed.add(name)
    this.#log.warn({ name }, 'what this model costs is not known: its calls are marked as estimated')
  }
}
