import type { Environment } from '@quotakeeper/server-kit'
import type { QuotaApi, Routing } from '../api/quota-api.js'
import type { OwnAddress } from '../keys/base-url.js'
import type { Log } from '../log.js'
import { buildRoutingTable, type RoutingTable } from './routing-table.js'

/** A table older than this is asked for anew, while it still serves. */
const freshMs = 5_000

/** Where the table comes from and what it is joined with. */
export interface RoutingSourceOptions {
  readonly api: QuotaApi
  readonly environment: Environment
  readonly own: OwnAddress
  readonly log: Log
  readonly clock: () => number
  /** Is told when providers or keys are others than before. */
  readonly onKeysChanged?: () => void
}

/** The table that calls are routed by, kept up to date. Nobody waits for it but who asks for it anew. */
export class RoutingSource {
  readonly #options: RoutingSourceOptions
  readonly #said = new Set<string>()
  #table: RoutingTable
  #askedAtMs: number
  #asking: Promise<RoutingTable> | null = null

  constructor(first: Routing, options: RoutingSourceOptions) {
    this.#options = options
    this.#askedAtMs = options.clock()
    this.#table = this.#build(first)
  }

  current(): RoutingTable {
    if (this.#options.clock() - this.#askedAtMs > freshMs) {
      this.refresh().catch((error: unknown) => {
        this.#options.log.warn(
          { err: error },
          'reading the routing configuration failed: the last one stays in use',
        )
      })
    }
    return this.#table
  }

  /** Asks the API now; who asks meanwhile shares the answer. @throws ApiError */
  refresh(): Promise<RoutingTable> {
    this.#askedAtMs = this.#options.clock()
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #ask(): Promise<RoutingTable> {
    const before = keysOf(this.#table)
    this.#table = this.#build(await this.#options.api.routing())
    if (keysOf(this.#table) !== before) this.#options.onKeysChanged?.()
    return this.#table
  }

  #build(routing: Routing): RoutingTable {
    const table = buildRoutingTable(routing, this.#options)
    for (const { name, reason } of table.missing) {
      const line = `${name}: ${reason}: not a candidate`
      if (!this.#said.has(line)) this.#options.log.warn({}, line)
    }
    // What is no longer so may be said again when it is.
    this.#said.clear()
    for (const { name, reason } of table.missing) this.#said.add(`${name}: ${reason}: not a candidate`)
    return table
  }
}

/** Whose keys there are, in a form that can be compared. */
function keysOf({ ready, missing }: RoutingTable): string {
  return [...ready, ...missing].map(({ name, keyFingerprint }) => `${name}\n${keyFingerprint}`).join('\n\n')
}
