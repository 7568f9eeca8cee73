import {
  acquireSchema,
  type LimitState,
  matchesModel,
  type ProviderStats,
  parse,
  type QuotaService,
} from '@quotakeeper/quota-core'
import type { ModelQuestion } from './stats-input.js'

/** Whether a call of one unit would be granted now. */
export interface Availability {
  readonly providerName: string
  /** Null when no model was asked about. */
  readonly model: string | null
  readonly available: boolean
  /** ISO-8601. Null when it is available, or when no instant is known. */
  readonly availableAt: string | null
}

/**
 * Without a model as the stats say; for a model by the very judgement that a call would meet.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export async function availabilityOf(
  service: QuotaService,
  { providerName, model }: ModelQuestion,
): Promise<Availability> {
  if (model === null) {
    const { available, availableAt } = await service.standing(providerName)
    return { providerName, model, available, availableAt }
  }
  const { chosen, retryAt } = await service.explain(
    parse(acquireSchema, { candidates: [{ providerName, model }] }),
  )
  return { providerName, model, available: chosen !== null, availableAt: retryAt }
}

/** What is left of one limit. Units are those of the metric. */
export type RemainingOfLimit = Pick<
  LimitState,
  'id' | 'subject' | 'metric' | 'window' | 'model' | 'max' | 'remaining' | 'resetsAt'
>

/** Remaining quota of a provider's quota. */
export interface RemainingView {
  readonly providerName: string
  /** Null when all limits are told, whatever model they concern. */
  readonly model: string | null
  /** Max of the worst daily limit that concerns every call; null without one. */
  readonly quotaLimit: number | null
  /** Fraction 0…1 of that limit that is not spent; null without one. */
  readonly remainingPercentage: number | null
  readonly limits: readonly RemainingOfLimit[]
}

/** What is left, and for a model only by the limits that a call to it would meet. */
export function remainingView(stats: ProviderStats, model: string | null): RemainingView {
  const { providerName, quotaLimit, remainingPercentage } = stats
  const concerned = stats.limits.filter(
    limit => model === null || limit.model === null || matchesModel(limit.model, model),
  )
  return {
    providerName,
    model,
    quotaLimit,
    remainingPercentage,
    limits: concerned.map(({ id, subject, metric, window, model: scope, max, remaining, resetsAt }) => ({
      id,
      subject,
      metric,
      window,
      model: scope,
      max,
      remaining,
      resetsAt,
    })),
  }
}
