import { subjectOf } from '../decide/call-counters.js'
import { ownLimits } from '../decide/subjects/plan-limits.js'
import { isoInstant } from '../domain/instant.js'
import { isLearned, type Limit, type VersionedLimit } from '../domain/limit.js'
import type { ManagedBy, Metadata, OnExpiry, Owner, Provider } from '../domain/owner.js'
import { providersUnder } from '../domain/related-providers.js'
import type { QuotaState } from '../domain/state.js'

/** The common fields of all owners. */
export interface SubjectView {
  readonly name: string
  readonly timeZone: string
  readonly dayStartsAt: string
  readonly monthStartsOn: number
  /** Configured limits. */
  readonly limits: readonly Limit[]
  /** Limits learned from the vendor's answers; enforced like configured ones. */
  readonly learnedLimits: readonly LearnedLimitView[]
  readonly thresholdsPercent: readonly number[]
  readonly managedBy: ManagedBy
  /** ISO-8601. */
  readonly createdAt: string
  /** ISO-8601. */
  readonly updatedAt: string
}

/** A limit learned from the vendor. */
export interface LearnedLimitView extends Limit {
  /** ISO-8601. */
  readonly learnedAt: string
}

/** A provider's settings. */
export interface ProviderView extends SubjectView {
  readonly vendor: string
  /** Null for none. */
  readonly pool: string | null
  readonly models: readonly string[]
  readonly priority: number
  readonly onExpiry: OnExpiry
  /** It serves only calls for these consumers and their descendants; null for every call. */
  readonly consumers: readonly string[] | null
  readonly metadata: Metadata
  readonly enabled: boolean
}

/** A pool's settings. */
export interface PoolView extends SubjectView {
  /** Names of its providers. */
  readonly providers: readonly string[]
}

/** The settings of a provider, for clients. */
export function providerView(state: QuotaState, provider: Provider): ProviderView {
  const { vendor, parent, models, priority, onExpiry, consumers, metadata, enabled } = provider
  return {
    ...subjectView(state, provider),
    vendor,
    pool: parent?.name ?? null,
    models,
    priority,
    onExpiry,
    consumers,
    metadata,
    enabled,
  }
}

/** The settings of a pool, for clients. */
export function poolView(state: QuotaState, pool: Owner): PoolView {
  return { ...subjectView(state, pool), providers: providersUnder(state, pool) }
}

/** The common fields of an owner. */
export function subjectView(state: QuotaState, row: Owner): SubjectView {
  const { timeZone, dayStartsAt, monthStartsOn, limits, thresholdsPercent } = subjectOf(state, row)
  return {
    name: row.name,
    timeZone,
    dayStartsAt,
    monthStartsOn,
    limits: ownLimits(limits)
      .filter(limit => !isLearned(limit))
      .map(settingsOf),
    learnedLimits: limits.filter(isLearned).map(limit => ({
      ...settingsOf(limit),
      learnedAt: isoInstant(limit.learnedAtMs ?? 0),
    })),
    thresholdsPercent,
    managedBy: row.managedBy,
    createdAt: isoInstant(row.createdAtMs),
    updatedAt: isoInstant(row.updatedAtMs),
  }
}

/** The settings of a stored limit. */
export function settingsOf({
  version: _version,
  learnedAtMs: _learnedAtMs,
  isOfPlan: _isOfPlan,
  grants: _grants,
  ...limit
}: VersionedLimit): Limit {
  return limit
}
