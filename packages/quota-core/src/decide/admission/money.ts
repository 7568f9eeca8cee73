import type { CallRequest, CostBasis } from '../../domain/call-request.js'
import type { Candidate } from '../../domain/command.js'
import type { Counts } from '../../domain/counts.js'
import type { Reason } from '../../domain/outcome.js'
import type { LimitCounter } from '../call-counters.js'

/** What a request says of its size and cost. */
export interface Costing {
  readonly counts: Counts
  /** The smallest acceptable counts; null requires all of `counts`. */
  readonly atLeast: Counts | null
  readonly costBasis: CostBasis
}

/** A request's size and cost before they are resolved for a candidate. */
export type AskedCosting = Pick<CallRequest, 'counts' | 'atLeast' | 'costBasis'>

/** The request as it is at one candidate, whose own cost replaces that of the request. */
export function costingAt(
  { cost }: Candidate,
  { counts, atLeast, costBasis = 'stated' }: AskedCosting,
): Costing {
  if (cost === undefined) return { counts, atLeast, costBasis }
  return {
    counts: { ...counts, costMicroUsd: cost.costMicroUsd },
    atLeast: atLeast && { ...atLeast, costMicroUsd: cost.atLeastMicroUsd },
    costBasis: cost.basis,
  }
}

/** Whether the call is known to be free, so that limits on cost do not concern it, even spent ones. */
export function isFree({ counts, costBasis }: Pick<Costing, 'counts' | 'costBasis'>): boolean {
  return costBasis === 'stated' && counts.costMicroUsd === 0
}

/** The limits that may deny the call: all, but those on cost for a free one. */
export function concernedLimits(
  counters: readonly LimitCounter[],
  costing: Pick<Costing, 'counts' | 'costBasis'>,
): readonly LimitCounter[] {
  return isFree(costing) ? counters.filter(({ limit }) => limit.metric !== 'cost') : counters
}

/** The reason of a limit on cost against a call of unknown price; null if the limit does not need one. */
export function priceUnknown({ limit, counter }: LimitCounter, costBasis: CostBasis): Reason | null {
  if (costBasis !== 'unknown' || limit.metric !== 'cost' || limit.max === null) return null
  return { subject: counter.subject, limitId: limit.id, code: 'price_unknown', retryAt: null }
}
