import { matchesGlob } from '@quotakeeper/quota-core/rules'

/** The price of a model, in millionths of a US dollar. */
export interface Price {
  /** Glob of `vendor/model`. */
  readonly pattern: string
  /** Per million tokens. */
  readonly inputMicroUsd: number
  readonly outputMicroUsd: number
  /** Per million cached input tokens. */
  readonly cachedInputMicroUsd: number
  /** Per request. */
  readonly requestMicroUsd: number
}

/** The priced counts. */
export interface PricedCounts {
  readonly requestCount: number
  readonly inputTokenCount: number
  readonly outputTokenCount: number
  /** Included in the input. */
  readonly cachedInputTokenCount: number
}

/** The prices of the configuration. */
export class PriceList {
  readonly #prices: readonly Price[]

  /** @param prices in any order; the most specific match applies */
  constructor(prices: readonly Price[]) {
    this.#prices = prices.toSorted(
      (left, right) =>
        lettersOf(right.pattern) - lettersOf(left.pattern) || (left.pattern < right.pattern ? -1 : 1),
    )
  }

  get isEmpty(): boolean {
    return this.#prices.length === 0
  }

  /** Null if none is configured. */
  find(vendor: string, model: string): Price | null {
    const name = `${vendor}/${model}`
    return this.#prices.find(({ pattern }) => matchesGlob(pattern, name)) ?? null
  }
}

const tokensOfPrice = 1_000_000n

/**
 * The cost of a call in whole millionths of a US dollar, rounded up once at the end. Exact at any size; at most 2^53 −
 * 1.
 */
export function costMicroUsd(price: Price, counts: PricedCounts): number {
  const cached = Math.min(counts.cachedInputTokenCount, counts.inputTokenCount)
  const ofTokens =
    BigInt(counts.inputTokenCount - cached) * BigInt(price.inputMicroUsd) +
    BigInt(cached) * BigInt(price.cachedInputMicroUsd) +
    BigInt(counts.outputTokenCount) * BigInt(price.outputMicroUsd)
  const ofRequests = BigInt(counts.requestCount) * BigInt(price.requestMicroUsd)
  const cost = ofRequests + (ofTokens + tokensOfPrice - 1n) / tokensOfPrice
  return Number(cost > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : cost)
}

function lettersOf(pattern: string): number {
  return pattern.replaceAll('*', '').length
}
