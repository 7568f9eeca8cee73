import type { CandidateCost, Counts } from '@quotakeeper/quota-core'
import {
  type BundledPrices,
  bundledPricesOnce,
  type ConfiguredPrice,
  ConfiguredPrices,
  costMicroUsd,
  type Price,
  priceOf,
} from '@quotakeeper/vendors/prices'
import type { Log } from '../log.js'

/** The prices of calls of text, as gateways find them. */
export class PriceBook {
  #configured: readonly ConfiguredPrice[]
  #prices: ConfiguredPrices
  readonly #bundled: () => Promise<BundledPrices>

  constructor(configured: readonly ConfiguredPrice[], log: Log) {
    this.#configured = configured
    this.#prices = new ConfiguredPrices(configured)
    this.#bundled = bundledPricesOnce(error => {
      log.error({ err: error }, 'the bundled prices cannot be read: only configured prices are known')
    })
  }

  /** Those of the configuration file. */
  get configured(): readonly ConfiguredPrice[] {
    return this.#configured
  }

  /** Takes over what the configuration file says now. */
  applyFile(configured: readonly ConfiguredPrice[]): void {
    this.#configured = configured
    this.#prices = new ConfiguredPrices(configured)
  }

  /** Finds prices as of an instant, epoch milliseconds; null where none is known. Reads the bundled table at first. */
  async at(atMs: number): Promise<(vendor: string, model: string) => Price | null> {
    const prices = { configured: this.#prices, bundled: await this.#bundled() }
    return (vendor, model) => priceOf({ vendor, model, isOfText: true, atMs }, prices)
  }
}

/** What counts cost at a price, for a choice of candidates. */
export function candidateCost(
  price: Price | null,
  { counts, atLeast }: { readonly counts: Counts; readonly atLeast: Counts | null },
): CandidateCost {
  if (price === null) return { costMicroUsd: 0, atLeastMicroUsd: 0, basis: 'unknown' }
  const whole = costMicroUsd(price, counts)
  const least = atLeast === null ? whole : Math.min(whole, costMicroUsd(price, atLeast))
  return { costMicroUsd: whole, atLeastMicroUsd: least, basis: 'stated' }
}
