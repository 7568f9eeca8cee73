import type { Strategy } from '@quotakeeper/quota-core'

/** Routing settings of the configuration. */
export interface RoutingSettings {
  readonly strategy: Strategy
  /** Longest time that a request waits for quota to return. */
  readonly maxWaitMs: number
  /** Aliases of lists of models, tried in order. */
  readonly aliases: Readonly<Record<string, readonly string[]>>
  /** Where the end users of consumers are named: in the header, or in the request's body. */
  readonly endUserFrom: 'header' | 'body'
  /** Configured prices of models. */
  readonly prices: readonly ModelPrice[]
}

/** The price of models that match a glob, in millionths of a US dollar. */
export interface ModelPrice {
  /** Glob of `vendor/model`; the most specific match applies. */
  readonly pattern: string
  /** Per million tokens. */
  readonly inputMicroUsd: number
  readonly outputMicroUsd: number
  /** Per million cached input tokens; the price of input unless configured. */
  readonly cachedInputMicroUsd: number
  /** Per million input tokens written to a cache; the price of input unless configured. */
  readonly cacheWriteMicroUsd: number
  /** Per request. */
  readonly requestMicroUsd: number
}

/** Default routing settings. */
export const defaultRouting: RoutingSettings = {
  strategy: 'most-remaining',
  maxWaitMs: 5_000,
  aliases: {},
  endUserFrom: 'header',
  prices: [],
}
