/** Prices in millionths of a US dollar. */
interface Rates {
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

/** The rates of calls with more input than a number of tokens. They apply to all tokens of the call. */
export interface PriceTier extends Rates {
  readonly aboveInputTokenCount: number
}

/** Where a price is from: the configuration, a vendor's free models, or the bundled table. */
export type PriceSource =
  | { readonly kind: 'configured'; readonly pattern: string }
  | { readonly kind: 'free'; readonly pattern: string }
  /** `table` names the version, `date` is the day of its publication, `YYYY-MM-DD`. */
  | { readonly kind: 'bundled'; readonly table: string; readonly date: string; readonly model: string }

/** The price of a model. */
export interface Price extends Rates {
  readonly source: PriceSource
  /** Ascending; empty where the price does not depend on the input's length. */
  readonly tiers: readonly PriceTier[]
}

/** The priced counts. */
export interface PricedCounts {
  readonly requestCount: number
  readonly inputTokenCount: number
  readonly outputTokenCount: number
  /** Included in the input. */
  readonly cachedInputTokenCount: number
  /** Included in the input, and apart from the cached input; 0 if left out. */
  readonly cacheWriteTokenCount?: number
}

const tokensOfPrice = 1_000_000n

/**
 * The cost of a call in whole millionths of a US dollar, rounded up once at the end. Exact at any size; at most 2^53 −
 * 1.
 */
export function costMicroUsd(price: Price, counts: PricedCounts): number {
  const { inputTokenCount: input, cacheWriteTokenCount = 0 } = counts
  const rates = price.tiers.findLast(tier => input > tier.aboveInputTokenCount) ?? price
  const cached = Math.min(counts.cachedInputTokenCount, input)
  const written = Math.min(cacheWriteTokenCount, input - cached)
  const ofTokens =
    BigInt(input - cached - written) * BigInt(rates.inputMicroUsd) +
    BigInt(cached) * BigInt(rates.cachedInputMicroUsd) +
    BigInt(written) * BigInt(rates.cacheWriteMicroUsd) +
    BigInt(counts.outputTokenCount) * BigInt(rates.outputMicroUsd)
  const ofRequests = BigInt(counts.requestCount) * BigInt(rates.requestMicroUsd)
  const cost = ofRequests + (ofTokens + tokensOfPrice - 1n) / tokensOfPrice
  return Number(cost > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : cost)
}
