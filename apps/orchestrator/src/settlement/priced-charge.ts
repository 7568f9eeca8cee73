import type { Candidate } from '../routing/resolve-model.js'
import type { Charge } from './charge.js'
import { costMicroUsd, type PricedCounts, type PriceList } from './price-list.js'
import type { UnpricedModels } from './unpriced-models.js'

/** What a price is looked up in, and who hears of those that are not found. */
export interface Money {
  readonly prices: PriceList
  readonly unpriced: UnpricedModels
}

/** The charge with what the call has cost: by the vendor's word, or else by the configuration's prices. */
export function pricedCharge(charge: Charge, { provider, model }: Candidate, money: Money): Charge {
  const { prices, unpriced } = money
  // What is stated is stated, 0 too.
  if (charge.costMicroUsd !== undefined) return charge
  // Nobody is billed for what was refused, unless it was counted.
  if (charge.outcome === 'refused' && tokensOf(charge) === 0) return charge
  const price = prices.find(provider.vendor, model)
  if (price !== null) return { ...charge, costMicroUsd: costMicroUsd(price, countsOf(charge)) }
  // Free only in our ignorance.
  if (prices.isEmpty || isNothing(charge)) return charge
  unpriced.notice(provider.vendor, model)
  return { ...charge, estimated: true }
}

function countsOf(charge: Charge): PricedCounts {
  const { requestCount = 1, inputTokenCount = 0, outputTokenCount = 0, cachedInputTokenCount = 0 } = charge
  return { requestCount, inputTokenCount, outputTokenCount, cachedInputTokenCount }
}

function isNothing(charge: Charge): boolean {
  return countsOf(charge).requestCount + tokensOf(charge) === 0
}

function tokensOf(charge: Charge): number {
  const { inputTokenCount, outputTokenCount } = countsOf(charge)
  return inputTokenCount + outputTokenCount
}
