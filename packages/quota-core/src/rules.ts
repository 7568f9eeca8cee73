/**
 * Rules that need no store: small and without dependencies, for pages, commands and gateways that decide nothing. The
 * main entry point exports all of them too: what is listed here is not listed there.
 */

export { type Need, whyNotAllowed } from './access/rights.js'
export { isCleanText, longestText } from './domain/clean-text.js'
export { countCodePoints } from './domain/code-points.js'
export { isGlob, matchesGlob, matchesModel, servesModel } from './domain/glob.js'
export { defaultLimitId } from './domain/limit.js'
export { type Metric, metrics } from './domain/metric.js'
export { type ModelStep, modelSteps, type ServingProvider } from './domain/model-steps.js'
export type { ReasonCode } from './domain/outcome.js'
export {
  maxPriority,
  movedInGroups,
  type OrderedProvider,
  type PriorityGroups,
  prioritiesOfGroups,
  priorityGroups,
} from './domain/priority-order.js'
export {
  defaultStrategy,
  longestWaitMs,
  maxAliases,
  maxModelsOfAlias,
} from './domain/routing-bounds.js'
export { type Strategy, strategies } from './domain/strategy.js'
export { type QuotaStatus, reachesPercent, statusOf } from './domain/thresholds.js'
export { isUuid, uuidV7 } from './domain/uuid.js'
export { isRolling, isWindow, type RollingWindow, type Window, windowMs } from './domain/window.js'
export {
  type CallEndings,
  type CallFigures,
  type CallGroup,
  CallSums,
  hourStartOf,
  noCalls,
} from './performance/call-figures.js'
export { histogramOf } from './performance/duration-histogram.js'
export { dollarText, type LatencyFigure, latencyFigure, percentDigits } from './words/figures.js'
export { measureWords, metricWord, windowWord } from './words/measure-words.js'
export { isTrial, type ReasonParts, reasonText, sizeText } from './words/reason-text.js'
export { subjectLabel } from './words/subject-label.js'
