import type { Strategy } from '@quotakeeper/quota-core'

/** What the configuration says of routing. */
export interface RoutingSettings {
  readonly strategy: Strategy
  /** How long a request may wait for quota to come back, in milliseconds. */
  readonly maxWaitMs: number
  /** Names for lists of models, tried in order. */
  readonly aliases: Readonly<Record<string, readonly string[]>>
  /** What models cost, where the configuration says so. */
  readonly prices: readonly ModelPrice[]
}

/** What the models of a glob cost, in millionths of a US dollar. */
export interface ModelPrice {
  /** Glob of `vendor/model`. Of several that match, the one that says most of the name counts. */
  readonly pattern: string
  /** Per million tokens. */
  readonly inputMicroUsd: number
  readonly outputMicroUsd: number
  /** Of input that the vendor had cached; what input costs unless the configuration says otherwise. */
  readonly cachedInputMicroUsd: number
  /** Per request. */
  readonly requestMicroUsd: number
}

/** Routing without a word of the configuration. */
export const defaultRouting: RoutingSettings = {
  strategy: 'most-remaining',
  maxWaitMs: 5_000,
  aliases: {},
  prices: [],
}
