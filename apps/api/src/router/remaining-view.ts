import { type LimitState, matchesModel, type ProviderStats } from '@quotakeeper/quota-core'

/** What is left of one limit. Units are those of the metric. */
export type RemainingOfLimit = Pick<
  LimitState,
  'id' | 'subject' | 'metric' | 'window' | 'model' | 'max' | 'remaining' | 'resetsAt'
>

/** What is left of a provider's quota. */
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
