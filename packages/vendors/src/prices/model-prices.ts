import { matchesGlob } from '@quotakeeper/quota-core/rules'
import { vendorFacts } from '../known-vendors.js'
import type { BundledPrices } from './bundled-prices.js'
import type { ConfiguredPrices } from './configured-prices.js'
import type { Price } from './price.js'

/** A call to be priced. */
export interface PricedCall {
  readonly vendor: string
  readonly model: string
  /** Whether it is charged by tokens of text alone: list prices of tokens do not cover sound and images. */
  readonly isOfText: boolean
  /** When it was made, epoch milliseconds. */
  readonly atMs: number
}

/**
 * The price of a call: that of the configuration, else nothing for the vendor's free models, else that of the bundled table.
 * Null if none is known.
 */
export function priceOf(
  { vendor, model, isOfText, atMs }: PricedCall,
  { configured, bundled }: { readonly configured: ConfiguredPrices; readonly bundled: BundledPrices },
): Price | null {
  const own = configured.find(vendor, model) ?? freePrice(vendor, model)
  return own ?? (isOfText ? bundled.find(vendor, model, atMs) : null)
}

/** Null unless the vendor says that the model is free. */
function freePrice(vendor: string, model: string): Price | null {
  const pattern = vendorFacts(vendor)?.freeModels?.find(glob => matchesGlob(glob, model))
  return pattern === undefined ? null : { ...nothing, source: { kind: 'free', pattern }, tiers: [] }
}

const nothing = {
  inputMicroUsd: 0,
  outputMicroUsd: 0,
  cachedInputMicroUsd: 0,
  cacheWriteMicroUsd: 0,
  requestMicroUsd: 0,
}
