import { setTimeout as wait } from 'node:timers/promises'
import type { KeyReport, QuotaApi } from '../api/quota-api.js'
import type { ModelCatalogue } from '../catalogue/model-catalogue.js'
import { within } from '../lifecycle/within.js'
import type { Log } from '../log.js'
import type { RoutingSource } from '../routing/routing-source.js'
import type { MissingProvider, ReadyProvider, RoutingTable } from '../routing/routing-table.js'

/** What the API knows of keys here is no older than this, while it answers. */
const everyMs = 60_000
/** After a report that did not arrive. */
const againMs = 5_000
/** What the start waits for the first report, so that a key that was changed is tried from the first call on. */
const firstPatienceMs = 2_000
/** Providers that the API takes in one report. */
const maxKeys = 2_000
/** Texts that the API takes. */
const maxTextLength = 200

type ReportedKey = KeyReport['keys'][number]

/** What reporting needs. */
export interface KeyReporterOptions {
  readonly api: Pick<QuotaApi, 'reportKeys'>
  readonly routing: RoutingSource
  readonly catalogue: ModelCatalogue
  /** Where this gateway runs, the same after a restart. */
  readonly gateway: string
  readonly log: Log
}

/**
 * Tells the API which keys there are here, by salted fingerprints: at the start, when they change, and each minute,
 * so that what is old can be told from what is true. Keys that are in doubt are then tried by their vendors' lists
 * of models: the API knows soon whether a key that was refused is good by now, at the cost of no call.
 */
export class KeyReporter {
  readonly #options: KeyReporterOptions
  readonly #ending = new AbortController()
  /** The fingerprint by which the API knows each provider's key from this process. */
  readonly #known = new Map<string, string | null>()
  #wake = new AbortController()
  #going: Promise<void> | null = null

  constructor(options: KeyReporterOptions) {
    this.#options = options
  }

  /** Reports once, which it waits for a short time, and goes on from there. Never rejects. */
  async start(): Promise<void> {
    const first = this.#report()
    this.#going = this.#goOn(first)
    await within(first, firstPatienceMs)
  }

  /** Reports soon: the table has changed. */
  wake(): void {
    this.#wake.abort()
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    this.#wake.abort()
    await this.#going
  }

  async #goOn(first: Promise<boolean>): Promise<void> {
    let arrived = await first
    while (!this.#ending.signal.aborted) {
      this.#wake = new AbortController()
      const signal = AbortSignal.any([this.#wake.signal, this.#ending.signal])
      if (this.#ending.signal.aborted) return
      await wait(arrived ? everyMs : againMs, undefined, { signal, ref: false }).catch(() => undefined)
      if (this.#ending.signal.aborted) return
      arrived = await this.#refreshAndReport()
    }
  }

  async #refreshAndReport(): Promise<boolean> {
    try {
      await this.#options.routing.refresh()
    } catch {
      // The API is away: the report finds that, too, and says so.
    }
    return this.#report()
  }

  /** @returns whether the API has taken it. Never rejects. */
  async #report(): Promise<boolean> {
    const { api, routing, gateway, log } = this.#options
    const table = routing.current()
    const keys = this.#keysOf(table)
    // Nothing to tell keys apart by: an API of the release before does not take reports.
    if (table.keySalt === null) return true
    try {
      const { doubtful } = await api.reportKeys({ gateway, keys })
      this.#known.clear()
      for (const { providerName, fingerprint } of keys) this.#known.set(providerName, fingerprint)
      this.#check(table, new Set(doubtful))
      return true
    } catch (error) {
      log.warn({ err: error }, 'reporting keys to the API failed; trying again shortly')
      return false
    }
  }

  /** What comes of it goes to the API by itself; the next report has it, too. */
  #check(table: RoutingTable, doubtful: ReadonlySet<string>): void {
    const { catalogue } = this.#options
    const asked = table.ready.filter(({ name }) => doubtful.has(name))
    for (const provider of asked)
      catalogue.check(provider).then(({ result, httpStatus, remedy }) => {
        const { name, keyVariable } = provider
        if (result === 'refused' || result === 'no_money')
          this.#options.log.warn({ httpStatus, variable: keyVariable }, `${name}: ${remedy}`)
        this.wake()
      })
  }

  #keysOf({ ready, missing }: RoutingTable): readonly ReportedKey[] {
    const keys = [...ready.map(key => this.#readyKey(key)), ...missing.map(key => this.#missingKey(key))]
    return keys.slice(0, maxKeys)
  }

  #readyKey(provider: ReadyProvider): ReportedKey {
    const { name: providerName, keyVariable: variable, keyFingerprint: fingerprint } = provider
    const check = this.#options.catalogue.lastCheck(provider)
    return {
      ...{ providerName, variable, fingerprint, reason: null, isNew: this.#isNew(providerName, fingerprint) },
      check: check && {
        result: check.result,
        httpStatus: check.httpStatus,
        checkedAt: new Date(check.checkedAtMs).toISOString(),
      },
    }
  }

  #missingKey({ name: providerName, keyVariable, keyFingerprint, reason }: MissingProvider): ReportedKey {
    return {
      ...{ providerName, variable: keyVariable, fingerprint: keyFingerprint, check: null },
      reason: reason.slice(0, maxTextLength),
      isNew: this.#isNew(providerName, keyFingerprint),
    }
  }

  #isNew(providerName: string, fingerprint: string | null): boolean {
    return this.#known.get(providerName) !== fingerprint
  }
}
