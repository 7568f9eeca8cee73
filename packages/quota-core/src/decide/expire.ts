import type { Attempt } from '../domain/attempt.js'
import { noCounts } from '../domain/counts.js'
import { QuotaError } from '../domain/quota-error.js'
import type { Change, QuotaState } from '../domain/state.js'
import { compareText } from '../domain/subject.js'
import { knownProvider } from './call-counters.js'
import { settle } from './settle.js'

/** The order in which attempts that are due expire: by instant, then by id. */
export function inOrderOfExpiry(attempts: Iterable<Attempt>): readonly Attempt[] {
  return [...attempts].sort(
    (left, right) => (left.expiresAtMs ?? 0) - (right.expiresAtMs ?? 0) || compareText(left.id, right.id),
  )
}

/**
 * The changes that expire an attempt that is due. It is charged in full, since its call may have gone
 * out, unless its provider says `onExpiry: 'release'`. The counters are brought to the expiry first: so
 * it makes no difference when it is noticed, as nothing else has changed them since.
 */
export function expire(state: QuotaState, attempt: Attempt, nowMs: number): readonly Change[] {
  const provider = knownProvider(state, attempt.providerName)
  const expiredAtMs = attempt.expiresAtMs ?? nowMs
  const expired: Attempt = { ...attempt, state: 'expired', settledAtMs: expiredAtMs }
  const instants = { nowMs, countersAtMs: expiredAtMs, spentAtMs: expiredAtMs }
  if (provider.onExpiry === 'release') return settle(state, attempt, expired, instants)
  try {
    return settle(state, attempt, { ...expired, charged: attempt.reserved, estimated: true }, instants)
  } catch (error) {
    // Sums near 2^53: a guess that cannot be counted exactly must not block the subject for ever.
    if (!(error instanceof QuotaError) || error.code !== 'COUNT_OVERFLOW') throw error
    return settle(state, attempt, { ...expired, charged: noCounts, estimated: true }, instants)
  }
}
