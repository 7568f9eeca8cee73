import type { Attempt } from '../../domain/attempt.js'
import { dateAt } from '../../domain/calendar.js'
import type { AcquireCommand, ReserveCommand } from '../../domain/command.js'
import { isEmptyCounter } from '../../domain/counter.js'
import { noCounts } from '../../domain/counts.js'
import { isoInstant } from '../../domain/instant.js'
import type { Granted } from '../../domain/outcome.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, QuotaState } from '../../domain/state.js'
import { providerRef } from '../../domain/subject.js'
import { grantedLimit } from '../../stats/limit-state.js'
import { countersOfCall, liveProvider, subjectOf } from '../call-counters.js'
import { answerOnly, type Decision } from '../decision.js'
import { isUserTooMany } from '../limits/users-of-limit.js'
import { type Admission, type AdmissionRequest, admit } from './admit.js'
import { trialChanges } from './trial.js'

/**
 * Decides a reservation at one provider.
 * @throws QuotaError UNKNOWN_PROVIDER, ID_REUSED, INVALID_INPUT, COUNT_OVERFLOW
 */
export function decideReserve(state: QuotaState, command: ReserveCommand, nowMs: number): Decision {
  const repeated = grantedBefore(state, command, nowMs)
  if (repeated !== undefined) return answerOnly(() => repeated)
  const { model, consumer, endUser = '', counts, atLeast, costBasis = 'stated' } = command
  const provider = liveProvider(state, command.providerName)
  const admissionRequest: AdmissionRequest = {
    provider,
    model,
    consumer,
    endUser,
    counts,
    atLeast,
    costBasis,
  }
  const admission = admit(state, admissionRequest, nowMs)
  if (!admission.granted) {
    const { reasons, retryAt, awaits } = admission
    return { ...answerOnly(() => ({ decision: 'denied', reasons, retryAt })), awaits }
  }
  const { changes, granted } = grant(state, command, admissionRequest, admission, nowMs)
  return { changes, answer: () => granted }
}

/**
 * The earlier grant of the same command while it is pending (commands are idempotent by id); undefined for a new id.
 * @throws QuotaError ID_REUSED
 */
export function grantedBefore(
  state: QuotaState,
  command: ReserveCommand | AcquireCommand,
  nowMs: number,
): Granted | undefined {
  const attempt = state.attempt(command.id)
  if (attempt === undefined) return undefined
  if (attempt.requestHash !== command.hash) {
    throw new QuotaError('ID_REUSED', `id ${command.id} was used for another payload; use a new UUID`, {
      field: 'id',
    })
  }
  if (attempt.state !== 'pending') {
    throw new QuotaError(
      'ID_REUSED',
      `reservation ${command.id} is already ${attempt.state}; use a new UUID`,
      {
        field: 'id',
      },
    )
  }
  if ((attempt.expiresAtMs ?? 0) <= nowMs) {
    throw new QuotaError('ID_REUSED', `reservation ${command.id} is already due; use a new UUID`, {
      field: 'id',
    })
  }
  return grantedAnswer(attempt, countersOfCall(state, attempt, nowMs), new Set())
}

/** The changes and the answer of an admitted call. */
export function grant(
  state: QuotaState,
  command: ReserveCommand | AcquireCommand,
  admissionRequest: AdmissionRequest,
  admission: Extract<Admission, { granted: true }>,
  nowMs: number,
): { readonly changes: readonly Change[]; readonly granted: Granted } {
  const { provider, model } = admissionRequest
  const date = dateAt(subjectOf(state, providerRef(provider.name)), nowMs)
  const attempt: Attempt = {
    id: command.id,
    kind: 'call',
    requestId: command.requestId,
    providerName: provider.name,
    subjects: admission.subjects,
    poolName: provider.parent?.name ?? null,
    model,
    consumer: command.consumer,
    endUser: command.endUser ?? '',
    state: 'pending',
    reserved: admission.counts,
    charged: noCounts,
    estimated: false,
    outcome: null,
    occurredAtMs: nowMs,
    date,
    expiresAtMs: nowMs + command.ttlMs,
    settledAtMs: null,
    requestHash: command.hash,
    settleHash: null,
    metadata: {},
  }
  const changes: Change[] = [{ table: 'attempt', row: attempt }]
  for (const entry of admission.counters) {
    // A limit on cost, which a free call does not concern, keeps nothing for one user too many.
    if (entry.limit.per === 'user' && isEmptyCounter(entry.counter) && isUserTooMany(state, entry)) continue
    changes.push({ table: 'counter', row: entry.counter })
  }
  for (const change of trialChanges(state, attempt, nowMs)) changes.push(change)
  return { changes, granted: grantedAnswer(attempt, admission.counters, admission.wouldDeny) }
}

function grantedAnswer(
  attempt: Attempt,
  counters: Extract<Admission, { granted: true }>['counters'],
  wouldDeny: Extract<Admission, { granted: true }>['wouldDeny'],
): Granted {
  return {
    decision: 'granted',
    reservationId: attempt.id,
    providerName: attempt.providerName,
    model: attempt.model === '' ? null : attempt.model,
    counts: attempt.reserved,
    expiresAt: isoInstant(attempt.expiresAtMs ?? attempt.occurredAtMs),
    limits: counters.map(entry => grantedLimit(entry, wouldDeny.has(entry))),
  }
}
