import { type Attempt, calledModel, withUnknownModel } from '../../domain/attempt.js'
import type { CommitCommand, ExtendCommand, ReleaseCommand } from '../../domain/command.js'
import { cappedCounts, withOriginal } from '../../domain/count-cap.js'
import { isNoCounts, noCounts } from '../../domain/counts.js'
import { isoInstant } from '../../domain/instant.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { QuotaState } from '../../domain/state.js'
import { answerOnly, type Decision } from '../decision.js'
import { alertOfCounts } from '../limits/alerts.js'
import { settle } from './settle.js'

/**
 * Settles a call with its actual usage. Accepted once, from pending, expired or released: actual usage replaces
 * estimates.
 * @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED
 */
export function decideCommit(state: QuotaState, command: CommitCommand, nowMs: number): Decision {
  const attempt = reservation(state, command.reservationId, '; record the usage without one')
  const answer = settledAnswer(attempt)
  if (attempt.state === 'committed') {
    if (attempt.settleHash === command.hash) return answerOnly(answer)
    throw alreadySettled(attempt, 'with other figures')
  }
  const { counts, original } = cappedCounts(command.counts)
  const isMoved = command.isModelUnknown === true && !isNoCounts(counts)
  const settled = isMoved ? withUnknownModel(attempt) : attempt
  const committed: Attempt = {
    ...settled,
    state: 'committed',
    charged: counts,
    estimated: command.estimated || original !== null,
    metadata: withOriginal(settled.metadata, original),
    outcome: command.outcome,
    settledAtMs: nowMs,
    settleHash: command.hash,
  }
  return {
    changes: [
      ...settle(state, attempt, committed, { nowMs, countersAtMs: nowMs, spentAtMs: nowMs }),
      ...alertOfCounts(state, committed, original, nowMs),
    ],
    answer,
  }
}

/**
 * Releases a call that was never made: gives back its reservation, or its charge at expiry.
 * @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED
 */
export function decideRelease(state: QuotaState, command: ReleaseCommand, nowMs: number): Decision {
  const attempt = reservation(state, command.reservationId)
  const answer = settledAnswer(attempt)
  if (attempt.state === 'released') return answerOnly(answer)
  if (attempt.state === 'committed') throw alreadySettled(attempt, 'and cannot be released')
  const released: Attempt = {
    ...attempt,
    state: 'released',
    charged: noCounts,
    estimated: false,
    settledAtMs: nowMs,
  }
  return {
    changes: settle(state, attempt, released, { nowMs, countersAtMs: nowMs, spentAtMs: nowMs }),
    answer,
  }
}

/**
 * Extends a reservation.
 * @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED
 */
export function decideExtend(state: QuotaState, command: ExtendCommand, nowMs: number): Decision {
  const attempt = reservation(state, command.reservationId)
  if (attempt.state !== 'pending') throw alreadySettled(attempt, 'and cannot be extended')
  const expiresAtMs = Math.max(attempt.expiresAtMs ?? 0, nowMs + command.ttlMs)
  const answer = { reservationId: attempt.id, expiresAt: isoInstant(expiresAtMs) }
  return { changes: [{ table: 'attempt', row: { ...attempt, expiresAtMs } }], answer: () => answer }
}

function reservation(state: QuotaState, id: string, remedy: string = ''): Attempt {
  const attempt = state.attempt(id)
  if (attempt?.kind === 'call') return attempt
  throw new QuotaError('UNKNOWN_RESERVATION', `there is no reservation ${id}${remedy}`, {
    field: 'reservationId',
  })
}

function alreadySettled(attempt: Attempt, what: string): QuotaError {
  return new QuotaError('ALREADY_SETTLED', `reservation ${attempt.id} is already ${attempt.state} ${what}`, {
    field: 'reservationId',
  })
}

function settledAnswer(attempt: Attempt): Decision['answer'] {
  return after => ({
    reservationId: attempt.id,
    stats: after.stats(attempt.providerName, calledModel(attempt)),
  })
}
