import type { CallRequest } from '../../domain/call-request.js'
import type { Candidate } from '../../domain/command.js'
import type { Reason } from '../../domain/outcome.js'
import type { QuotaState } from '../../domain/state.js'
import { type Choosing, choose } from './acquire.js'
import type { AskedCosting } from './money.js'
import { rankCandidates } from './rank.js'

/** A candidate, and why it would not be used; without reasons it would. */
export interface AssessedCandidate {
  readonly candidate: Candidate
  readonly reasons: readonly Reason[]
  /** ISO-8601. When the call would fit; null if never, if no instant is known, and if it fits. */
  readonly retryAt: string | null
}

/**
 * Every candidate in the order in which it would be tried, each by the decision of a choice. Not for calls: it goes on
 * after the first that has room.
 * @throws QuotaError UNKNOWN_PROVIDER, INVALID_INPUT, COUNT_OVERFLOW
 */
export function assessCandidates(
  state: QuotaState,
  choosing: Choosing,
  asked: AskedCosting & Pick<CallRequest, 'consumer' | 'endUser'>,
  nowMs: number,
): readonly AssessedCandidate[] {
  const ranking = { ...choosing, asked }
  return rankCandidates(state, choosing.candidates, ranking, nowMs).map(candidate => {
    const { chosen, skipped, retryAt } = choose(state, { ...choosing, candidates: [candidate] }, asked, nowMs)
    return chosen === null
      ? { candidate, reasons: skipped.flatMap(({ reasons }) => reasons), retryAt }
      : { candidate, reasons: [], retryAt: null }
  })
}
