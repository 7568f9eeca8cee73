import { matchesGlob } from '@quotakeeper/quota-core/rules'
import type { Price } from './price.js'

/** A price of the configuration, in millionths of a US dollar. */
export interface ConfiguredPrice {
  /** Glob of `vendor/model`. */
  readonly pattern: string
  /** Per million tokens. */
  readonly inputMicroUsd: number
  readonly outputMicroUsd: number
  /** Per million cached input tokens. */
  readonly cachedInputMicroUsd: number
  /** Per million input tokens that are written to a cache. */
  readonly cacheWriteMicroUsd: number
  /** Per request. */
  readonly requestMicroUsd: number
}

/** The prices of the configuration. */
export class ConfiguredPrices {
  readonly #prices: readonly Price[]

  /** @param prices in any order; the most specific match applies */
  constructor(prices: readonly ConfiguredPrice[]) {
    const sorted = prices.toSorted(
      (left, right) =>
        lettersOf(right.pattern) - lettersOf(left.pattern) || (left.pattern < right.pattern ? -1 : 1),
    )
    this.#prices = sorted.map(({ pattern, ...rates }) => ({
      ...rates,
      source: { kind: 'configured', pattern },
      tiers: [],
    }))
  }

  get isEmpty(): boolean {
    return this.#prices.length === 0
  }

  /** Null if none is configured. */
  find(vendor: string, model: string): Price | null {
    const name = `${vendor}/${model}`
    return (
      this.#prices.find(({ source }) => source.kind === 'configured' && matchesGlob(source.pattern, name)) ??
      null
    )
  }
}

function lettersOf(pattern: string): number {
  return pattern.replaceAll('*', '').length
}
