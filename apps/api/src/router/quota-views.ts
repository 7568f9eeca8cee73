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
  /** Null if no model was given. */
  readonly model: string | null
  readonly available: boolean
  /** ISO-8601; null if available, or if no instant is known. */
  readonly availableAt: string | null
}

/**
 * Without a model, from the stats; for a model, by the same admission as a call.
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

/** The remaining units of one limit, in units of its metric. */
export type RemainingOfLimit = Pick<
  LimitState,
  'id' | 'subject' | 'metric' | 'window' | 'model' | 'max' | 'remaining' | 'resetsAt'
>

/** Remaining quota of a provider. */
export interface RemainingView {
  readonly providerName: string
  /** Null if limits of all models are listed. */
  readonly model: string | null
  /** Max of the worst daily limit on every call; null without one. */
  readonly quotaLimit: number | null
  /** Unspent fraction 0…1 of that limit; null without one. */
  readonly remainingPercentage: number | null
  readonly limits: readonly RemainingOfLimit[]
}

/** Remaining quota; for a model, only of the limits that apply to it. */
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
