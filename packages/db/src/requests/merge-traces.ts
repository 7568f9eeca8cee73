import { createHash } from 'node:crypto'
import type { RequestTrace } from '@quotakeeper/quota-core'

/** Ids that a row holds at most. */
export const maxIds = 20

/** Traces that become one row. */
export interface MergedTraces {
  readonly mergeKey: string
  /** The last of them. */
  readonly last: RequestTrace
  readonly firstAt: string
  readonly requestIds: readonly string[]
  readonly count: number
}

/** The key of traces that become one row: refusals without a call, for the same reasons. */
function mergeKeyOf(trace: RequestTrace): string {
  if (trace.outcome !== 'refused' || trace.attempts.length > 0) return trace.requestId
  const { model, code, skipped, strategy, consumer = '' } = trace
  const against = skipped.map(({ providerName, model: asked, reasons }) => [
    providerName,
    asked,
    reasons.map(({ code: reason, limitId }) => [reason, limitId]),
  ])
  const alike = createHash('sha256')
    .update(JSON.stringify([model, code, strategy, against, consumer]))
    .digest('base64url')
  return `${trace.at.slice(0, 16)} ${alike}`
}

/** Traces grouped by their key, in the order of the last of each. */
export function mergeTraces(traces: readonly RequestTrace[]): readonly MergedTraces[] {
  const merged = new Map<string, MergedTraces>()
  for (const trace of traces) {
    const mergeKey = mergeKeyOf(trace)
    const before = merged.get(mergeKey)
    const isLater = before === undefined || trace.at >= before.last.at
    merged.set(mergeKey, {
      mergeKey,
      last: isLater ? trace : before.last,
      firstAt: before === undefined || trace.at < before.firstAt ? trace.at : before.firstAt,
      requestIds: [...(before?.requestIds ?? []), trace.requestId].slice(-maxIds),
      count: (before?.count ?? 0) + 1,
    })
  }
  return [...merged.values()]
}
