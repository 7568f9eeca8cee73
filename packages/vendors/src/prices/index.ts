export { type BundledPrices, bundledPricesOnce } from './bundled-prices.js'
export { type ConfiguredPrice, ConfiguredPrices } from './configured-prices.js'
export { type PricedCall, priceOf } from './model-prices.js'
export { costMicroUsd, type Price, type PricedCounts, type PriceSource } from './price.js'
