import { setTimeout as wait } from 'node:timers/promises'
import type { KeyReport, QuotaApi } from '../api/quota-api.js'
import type { ModelCatalogue } from '../catalogue/model-catalogue.js'
import { within } from '../lifecycle/within.js'
import type { Log } from '../log.js'
import type { RoutingSource } from '../routing/routing-source.js'
import type { MissingProvider, ReadyProvider, RoutingTable } from '../routing/routing-table.js'

/** Reporting interval. */
const everyMs = 60_000
/** Retry delay after a failed report. */
const againMs = 5_000
/** Longest wait of the start for the first report, so that a changed key is used from the first call on. */
const firstPatienceMs = 2_000
/** Most providers per report. */
const maxKeys = 2_000
/** Longest text accepted by the API. */
const maxTextLength = 200

type ReportedKey = KeyReport['keys'][number]

/** Options of the reporter. */
export interface KeyReporterOptions {
  readonly api: Pick<QuotaApi, 'reportKeys'>
  readonly routing: RoutingSource
  readonly catalogue: ModelCatalogue
  /** Name of this gateway, stable across restarts. */
  readonly gateway: string
  readonly log: Log
}

/**
 * Reports this gateway's keys to the API by salted fingerprints: at the start, on changes, and each minute, so that
 * outdated reports are recognisable. Keys in doubt are then checked by their vendors' lists of models, so that the API
 * soon knows whether a refused key works again, without a call.
 */
export class KeyReporter {
  readonly #options: KeyReporterOptions
  readonly #ending = new AbortController()
  /** The reported fingerprint of each provider's key. */
  readonly #known = new Map<string, string | null>()
  #wake = new AbortController()
  #going: Promise<void> | null = null

  constructor(options: KeyReporterOptions) {
    this.#options = options
  }

  /** Sends the first report, waits briefly for it, and continues periodically. Never rejects. */
  async start(): Promise<void> {
    const first = this.#report()
    this.#going = this.#goOn(first)
    await within(first, firstPatienceMs)
  }

  /** Reports soon, since the table has changed or keys were checked. */
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
      const signal = AbortSignal.any([this.#wake.signal, this.#ending.signal])
      await wait(arrived ? everyMs : againMs, undefined, { signal, ref: false }).catch(() => undefined)
      if (this.#ending.signal.aborted) return
      // Before the report, so that a change during it is in the next.
      this.#wake = new AbortController()
      arrived = await this.#refreshAndReport()
    }
  }

  async #refreshAndReport(): Promise<boolean> {
    try {
      await this.#options.routing.refresh()
    } catch {
      // The API is unavailable; the report fails too and logs it.
    }
    return this.#report()
  }

  /** @returns whether the API accepted it. Never rejects. */
  async #report(): Promise<boolean> {
    const { api, routing, gateway, log } = this.#options
    const table = routing.current()
    const keys = this.#keysOf(table)
    // Without a salt: an API of the previous release does not accept reports.
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

  /** Results are reported to the API separately; the next report includes them too. */
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
