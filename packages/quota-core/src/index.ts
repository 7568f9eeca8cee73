export {
  type AccessToken,
  type TokenEnd,
  type TokenGrant,
  type TokenState,
  tokenState,
  validUntilMs,
} from './access/access-token.js'
export { type ConsumerTree, type Relation, relationTo, unregisteredTree } from './access/consumer-tree.js'
export { mayActFor, mayManageConsumer, mayManageToken, mayReadOf } from './access/rights.js'
export { allowsScope, type Scope, scopes } from './access/scope.js'
export * from './access/token-input.js'
export type { AssessedCandidate } from './decide/admission/assess-candidates.js'
export { withoutBusy } from './decide/admission/busy.js'
export { callsAheadOf, ledgerNeedsOfRewind } from './decide/clocks/rewind-needs.js'
export { aheadSubjects, subjectTime } from './decide/clocks/subject-time.js'
export { type CommandTraits, traitsOf } from './decide/command-traits.js'
export { decide } from './decide/decide.js'
export { type BatchDecision, decideBatch, uniqueSubjects } from './decide/decide-batch.js'
export type { After, Decision } from './decide/decision.js'
export { concernedAttempts } from './decide/needs/concerned-attempts.js'
export {
  type CounterKey,
  concernedModels,
  counterKeys,
  type ModelGuide,
  modelsOfCalls,
  namedModels,
} from './decide/needs/concerned-models.js'
export {
  concernedSubjects,
  createdSubject,
  labelsOf,
  maxMembersNamed,
  type NeededMembers,
  neededMembers,
  type SubjectGuide,
} from './decide/needs/concerned-subjects.js'
export { ledgerNeeds } from './decide/needs/ledger-needs.js'
export { openCandidates } from './decide/needs/open-candidates.js'
export { attemptsOfStep } from './decide/settlement/expire.js'
export type { Discrepancy } from './doctor/books.js'
export { examineStore } from './doctor/examine-store.js'
export { findDiscrepancies, type StoreAccounts } from './doctor/find-discrepancies.js'
export { type Alert, type AlertKind, type AlertSeverity, severityOf } from './domain/alert.js'
export type { Attempt, AttemptKind, AttemptState, CallOutcome } from './domain/attempt.js'
export { BySubject } from './domain/by-subject.js'
export { dateAt, type Interval, intervalOfDate } from './domain/calendar.js'
export type { CallRequest, CostBasis } from './domain/call-request.js'
export {
  maxChainLevels,
  type OwnerGuide,
  SubjectKinds,
  subjectsOfFacts,
  subjectsOfProvider,
  usualKinds,
} from './domain/call-subjects.js'
export type * from './domain/command.js'
export type { CoolDown, CoolDownKind } from './domain/cool-down.js'
export { maxCostOfCall, maxUnitsOfCall } from './domain/count-cap.js'
export { type Counter, counterKey, isPastCounter, type ReportedCount } from './domain/counter.js'
export {
  addCounts,
  addSums,
  type CountName,
  type CountSums,
  type Counts,
  countNames,
  mapCounts,
  noCounts,
  saturatedCounts,
} from './domain/counts.js'
export type { DayRule } from './domain/day-rule.js'
export { isoInstant } from './domain/instant.js'
export { counterModels, type Limit, type LimitMode, type VersionedLimit } from './domain/limit.js'
export type * from './domain/outcome.js'
export type { Consumer, ManagedBy, Metadata, OnExpiry, Owner, PlainOwner, Provider } from './domain/owner.js'
export { OwnerChains } from './domain/owner-chains.js'
export { QuotaError, type QuotaErrorCode } from './domain/quota-error.js'
export type * from './domain/request-trace.js'
export {
  checkRetentionDays,
  defaultRetentionDays,
  longestDays,
  type RetentionDays,
  shortestLedgerDays,
} from './domain/retention-days.js'
export type * from './domain/state.js'
export {
  compareSubjects,
  compareText,
  isSameSubject,
  providerRef,
  type Subject,
  type SubjectRef,
  subjectDefaults,
  subjectKey,
} from './domain/subject.js'
export {
  type CallParties,
  consumerKind,
  type KindOfSubject,
  maxConsumerLevels,
  planKind,
  poolKind,
  providerKind,
  type SubjectKind,
  subjectKindNames,
  subjectKinds,
} from './domain/subject-kinds.js'
export { QuotaTables } from './domain/tables.js'
export type { UsageDelta } from './domain/usage.js'
export { readWholeNumber, saturated, type WholeNumber } from './domain/whole-number.js'
export type { CalendarWindow } from './domain/window.js'
export { decideOnceMore, ExpirySteps } from './expiry/decide-once-more.js'
export { type ExpiryStep, expireStep } from './expiry/expire-step.js'
export { type HourOfUsage, largestHourlySum, recentHoursMs } from './forecast/recent-hours.js'
export * from './input/consumer-input.js'
export * from './input/consumer-list-input.js'
export * from './input/counts-input.js'
export * from './input/grant-input.js'
export { issueText } from './input/issue-text.js'
export * from './input/limit-input.js'
export * from './input/metadata-input.js'
export { invalidInput, parse } from './input/parse.js'
export * from './input/provider-input.js'
export * from './input/quota-input.js'
export * from './input/text.js'
export * from './input/usage-input.js'
export { ledgerSums } from './memory/ledger-sums.js'
export { MemoryQuotaStore, type MemoryQuotaStoreOptions } from './memory/memory-quota-store.js'
export { alertPage, historyPage, ledgerPage, summaryPage } from './memory/pages.js'
export {
  callEndings,
  callGroupKey,
  callsToVendors,
  groupWithin,
  hasNoProvider,
  successShare,
} from './performance/call-figures.js'
export {
  addHistograms,
  bucketCount,
  type DurationHistogram,
  maxRelativeError,
  percentileMs,
} from './performance/duration-histogram.js'
export {
  type CallsReport,
  type Percentiles,
  type PerformanceGrouping,
  type PerformancePage,
  type PerformancePeriod,
  type PerformanceQuery,
  type PerformanceRow,
  performanceDays,
  performanceGroupings,
  performancePeriods,
} from './performance/performance-report.js'
export * from './rules.js'
export type { Actor } from './service/actor.js'
export type { AssessedSteps, Explanation, KnownOfCandidates } from './service/candidate-choice.js'
export type { CallSettings, ConsumerService } from './service/consumer-service.js'
export type { ConsumerView, PlanView } from './service/consumer-view.js'
export type { PoolView, ProviderView } from './service/provider-view.js'
export {
  type AllStats,
  type Observation,
  type PriorityChange,
  QuotaService,
  type QuotaServiceOptions,
} from './service/quota-service.js'
export { type ConsumerStats, consumerStats } from './stats/consumer-stats.js'
export { stateOfCounter } from './stats/limit-state.js'
export { type ListedLimit, listedLimits, listedLimitsOf } from './stats/listed-models.js'
export { providerStats, statsAfterCall } from './stats/provider-stats.js'
export { type Total, totalsOf } from './stats/totals.js'
export type * from './store.js'
export { ConsumerTracker } from './tracker/consumer-tracker.js'
export { QuotaTracker } from './tracker/quota-tracker.js'
