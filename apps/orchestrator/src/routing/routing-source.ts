import type { LiveEnvironment } from '@quotakeeper/server-kit'
import type { QuotaApi, RoutedProvider, Routing } from '../api/quota-api.js'
import type { OwnAddress } from '../keys/base-url.js'
import type { EnteredKey, EnteredKeys } from '../keys/entered-keys.js'
import type { KeyFiles } from '../keys/key-files.js'
import type { Log } from '../log.js'
import { buildRoutingTable, type RoutingTable } from './routing-table.js'

/** A table older than this is refreshed in the background. */
const freshMs = 5_000

/** Options of the source. */
export interface RoutingSourceOptions {
  readonly api: QuotaApi
  readonly environment: Pick<LiveEnvironment, 'current'>
  readonly own: OwnAddress
  readonly entered: Pick<EnteredKeys, 'current' | 'openOne' | 'unopenedCount'>
  readonly keyFiles: Pick<KeyFiles, 'of' | 'follow'>
  readonly log: Log
  readonly clock: () => number
  /** Called when providers or keys have changed. */
  readonly onKeysChanged?: () => void
}

/** The current routing table. Only callers of {@link refresh} wait for the API. */
export class RoutingSource {
  readonly #options: RoutingSourceOptions
  readonly #said = new Set<string>()
  #routing: Routing
  #table: RoutingTable
  #askedAtMs: number
  #asking: Promise<RoutingTable> | null = null

  private constructor(first: Routing, options: RoutingSourceOptions) {
    this.#options = options
    this.#routing = first
    this.#askedAtMs = options.clock()
    this.#table = this.#build(first)
  }

  /** @param first the API's answer so far */
  static async open(first: Routing, options: RoutingSourceOptions): Promise<RoutingSource> {
    await options.keyFiles.follow(keyFilesOf(first))
    return new RoutingSource(first, options)
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

  /** The number of entered keys that cannot be opened here. */
  unopenedCount(): number {
    return this.#options.entered.unopenedCount()
  }

  /** Requests it from the API now; concurrent callers share the request. @throws ApiError */
  refresh(): Promise<RoutingTable> {
    this.#askedAtMs = this.#options.clock()
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  /**
   * The table as it would be with a sealed key for a provider, which must be sealed for the provider as it is now; it is
   * not kept. @throws ApiError
   */
  async withSealedKey(
    providerName: string,
    sealed: { readonly ciphertext: string; readonly keyPairId: string },
  ): Promise<RoutingTable> {
    const { api, environment, own, keyFiles, entered: opener } = this.#options
    const routing = await api.routing()
    const provider = routing.providers.find(({ name }) => name === providerName)
    const entered = new Map<string, EnteredKey>()
    if (provider !== undefined) {
      const { vendor, baseUrl } = provider
      entered.set(providerName, await opener.openOne({ ...sealed, providerName, vendor, baseUrl }))
    }
    const providers = provider === undefined ? [] : [withoutNamedKey(provider)]
    const surroundings = { environment: environment.current(), own, keyFiles, entered }
    return buildRoutingTable({ ...routing, providers }, surroundings)
  }

  /** Applies changed keys of this machine to what the API answered last. */
  rebuild(): void {
    const before = keysOf(this.#table)
    this.#table = this.#build(this.#routing)
    if (keysOf(this.#table) !== before) this.#options.onKeysChanged?.()
  }

  async #ask(): Promise<RoutingTable> {
    const { api, keyFiles } = this.#options
    const routing = await api.routing()
    await keyFiles.follow(keyFilesOf(routing))
    // Only now, since another change may rebuild the table while files are read.
    this.#routing = routing
    this.rebuild()
    return this.#table
  }

  #build(routing: Routing): RoutingTable {
    const { environment, own, entered, keyFiles } = this.#options
    const surroundings = { environment: environment.current(), own, keyFiles, entered: entered.current() }
    const table = buildRoutingTable(routing, surroundings)
    for (const { name, reason } of table.missing) {
      const line = `${name}: ${reason}: not a candidate`
      if (!this.#said.has(line)) this.#options.log.warn({}, line)
    }
    // Warnings that no longer apply may be logged again later.
    this.#said.clear()
    for (const { name, reason } of table.missing) this.#said.add(`${name}: ${reason}: not a candidate`)
    return table
  }
}

/** The provider as if the configuration did not name where its key is, which would take precedence. */
function withoutNamedKey({ apiKeyFile: _, fileNamesKey: __, ...provider }: RoutedProvider): RoutedProvider {
  return provider
}

function keyFilesOf({ providers }: Routing): ReadonlySet<string> {
  return new Set(providers.flatMap(({ apiKeyFile }) => apiKeyFile ?? []))
}

/** A comparable description of the keys, and of why there are none. */
function keysOf({ ready, missing }: RoutingTable): string {
  const keys = [
    ...ready.map(({ name, keyFingerprint }) => [name, keyFingerprint]),
    ...missing.map(({ name, keyFingerprint, reason }) => [name, keyFingerprint, reason]),
  ]
  return JSON.stringify(keys)
}
