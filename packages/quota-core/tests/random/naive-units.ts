import type { Counts, Limit } from '@quotakeeper/quota-core'

const unitsByMetric: Readonly<Record<Limit['metric'], (counts: Counts, cached: number) => number>> = {
  requests: counts => counts.requestCount,
  characters: counts => counts.characterCount,
  tokens: (counts, cached) => counts.inputTokenCount - cached + counts.outputTokenCount,
  inputTokens: (counts, cached) => counts.inputTokenCount - cached,
  outputTokens: counts => counts.outputTokenCount,
  cost: counts => counts.costMicroUsd,
  audioSeconds: counts => counts.audioSecondCount,
  concurrency: () => 0,
}

/** Units that a settled call counts. */
export function naiveUnits(counts: Counts, limit: Limit): number {
  return unitsByMetric[limit.metric](counts, limit.countsCached ? 0 : counts.cachedInputTokenCount)
}

/** Units that a call in flight holds. */
export function naiveHeld(counts: Counts, limit: Limit): number {
  return limit.metric === 'concurrency' ? 1 : naiveUnits(counts, limit)
}

/** Whether the limit counts calls of the model. */
export function naiveConcerns(limit: Limit, model: string): boolean {
  if (limit.model === null) return true
  const pattern = limit.model.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return model !== '' && new RegExp(`^${pattern}$`, 's').test(model)
}

/** Which counter of the limit counts the call: its model's, its end user's, or `''` for the only one. */
export function naiveCounter(
  { per }: Limit,
  { model, endUser }: { readonly model: string; readonly endUser: string },
): string {
  if (per === null) return ''
  return per === 'model' ? model : endUser
}
