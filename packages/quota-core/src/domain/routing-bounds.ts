import type { Strategy } from './strategy.js'

/** The strategy unless one is set. */
export const defaultStrategy: Strategy = 'most-remaining'

/** Longest time, in milliseconds, that calls may be made to wait for quota. */
export const longestWaitMs = 3_600_000

/** Most aliases that are made over the API. */
export const maxAliases = 200

/** Most models of an alias. */
export const maxModelsOfAlias = 100
