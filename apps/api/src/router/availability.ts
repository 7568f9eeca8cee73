import { acquireSchema, parse, type QuotaService } from '@quotakeeper/quota-core'
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
