import { subjectOf } from '../decide/call-counters.js'
import { isoInstant } from '../domain/instant.js'
import { isLearned, type Limit, type VersionedLimit } from '../domain/limit.js'
import type { ManagedBy, Metadata, OnExpiry, Owner, Provider } from '../domain/owner.js'
import { providersUnder } from '../domain/related-providers.js'
import type { QuotaState } from '../domain/state.js'

/** What providers and pools have in common. */
interface SubjectView {
  readonly name: string
  readonly timeZone: string
  readonly dayStartsAt: string
  /** Those that somebody configured. */
  readonly limits: readonly Limit[]
  /** Those that nobody configured and that the vendor's answers tell of, enforced alike. */
  readonly learnedLimits: readonly LearnedLimitView[]
  readonly thresholdsPercent: readonly number[]
  readonly managedBy: ManagedBy
  /** ISO-8601. */
  readonly createdAt: string
  /** ISO-8601. */
  readonly updatedAt: string
}

/** A limit as the vendor tells of it. */
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
  readonly metadata: Metadata
  readonly enabled: boolean
}

/** A pool's settings. */
export interface PoolView extends SubjectView {
  /** Names of the providers that share it. */
  readonly providers: readonly string[]
}

/** A provider's settings as people and programs read them. */
export function providerView(state: QuotaState, provider: Provider): ProviderView {
  const { vendor, parent, models, priority, onExpiry, metadata, enabled } = provider
  return {
    ...subjectView(state, provider),
    vendor,
    pool: parent?.name ?? null,
    models,
    priority,
    onExpiry,
    metadata,
    enabled,
  }
}

/** A pool's settings as people and programs read them. */
export function poolView(state: QuotaState, pool: Owner): PoolView {
  return { ...subjectView(state, pool), providers: providersUnder(state, pool) }
}

function subjectView(state: QuotaState, row: Owner): SubjectView {
  const { timeZone, dayStartsAt, limits, thresholdsPercent } = subjectOf(state, row)
  return {
    name: row.name,
    timeZone,
    dayStartsAt,
    limits: limits.filter(limit => !isLearned(limit)).map(settingsOf),
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

function settingsOf({ version: _version, learnedAtMs: _learnedAtMs, ...limit }: VersionedLimit): Limit {
  return limit
}
