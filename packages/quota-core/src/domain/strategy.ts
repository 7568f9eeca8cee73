/** The names of {@link Strategy}. */
export const strategies: readonly ['most-remaining', 'priority', 'round-robin', 'soonest-reset'] = [
  'most-remaining',
  'priority',
  'round-robin',
  'soonest-reset',
]

/** How to order candidates that have room. */
export type Strategy = (typeof strategies)[number]
