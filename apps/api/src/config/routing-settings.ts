/** Ways to choose among providers that have room. */
export const strategies = ['most-remaining', 'priority', 'round-robin', 'soonest-reset'] as const

/** What the configuration says of routing. */
export interface RoutingSettings {
  readonly strategy: (typeof strategies)[number]
  /** How long a request may wait for quota to come back, in milliseconds. */
  readonly maxWaitMs: number
  /** Names that stand for a list of models, tried in order. */
  readonly aliases: Readonly<Record<string, readonly string[]>>
}

/** Routing without a word of the configuration. */
export const defaultRouting: RoutingSettings = { strategy: 'most-remaining', maxWaitMs: 0, aliases: {} }
