/**
 * Rules that need no store: small, without a library, for pages, commands and gateways that decide nothing. The main
 * entry has them all.
 */

export { countCodePoints } from './domain/code-points.js'
export { isGlob, matchesGlob, matchesModel, servesModel } from './domain/glob.js'
export { type QuotaStatus, reachesPercent, statusOf } from './domain/thresholds.js'
