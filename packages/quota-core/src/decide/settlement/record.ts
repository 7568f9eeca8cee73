import type { Attempt } from '../../domain/attempt.js'
import { dateAt } from '../../domain/calendar.js'
import type { RecordCommand } from '../../domain/command.js'
import { cappedCounts, withOriginal } from '../../domain/count-cap.js'
import { noCounts } from '../../domain/counts.js'
import { isoInstant } from '../../domain/instant.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { QuotaState } from '../../domain/state.js'
import { providerRef } from '../../domain/subject.js'
import { knownProvider, subjectOf } from '../call-counters.js'
import { answerOnly, type Decision } from '../decision.js'
import { alertOfCounts } from '../limits/alerts.js'
import { settle } from './settle.js'

/** How far `occurredAt` may be ahead of the store's clock. */
const maxAheadMs = 60_000
/** How long the ledger keeps rows; older calls are rejected. */
const ledgerMs = 90 * 86_400_000

/**
 * Records a call that has already happened. Limits do not refuse it.
 * @throws QuotaError UNKNOWN_PROVIDER, ID_REUSED, INVALID_INPUT for an instant out of range
 */
export function decideRecord(state: QuotaState, command: RecordCommand, nowMs: number): Decision {
  const answer: Decision['answer'] = after => ({
    reservationId: command.id,
    stats: after.stats(command.providerName, command.model),
  })
  const known = state.attempt(command.id)
  if (known !== undefined) {
    if (known.kind === 'record' && known.requestHash === command.hash) return answerOnly(answer)
    throw new QuotaError('ID_REUSED', `id ${command.id} was used for another payload; use a new UUID`, {
      field: 'id',
    })
  }
  const provider = knownProvider(state, command.providerName)
  const occurredAtMs = occurrence(command, nowMs)
  const { counts, original } = cappedCounts(command.counts)
  const row: Attempt = {
    id: command.id,
    kind: 'record',
    requestId: command.requestId,
    providerName: provider.name,
    subjects: state.kinds.ofCall(state, { providerName: provider.name, consumer: command.consumer }),
    poolName: provider.parent?.name ?? null,
    model: command.model,
    consumer: command.consumer,
    endUser: command.endUser ?? '',
    state: 'committed',
    reserved: noCounts,
    charged: counts,
    estimated: original !== null,
    outcome: 'succeeded',
    occurredAtMs,
    date: dateAt(subjectOf(state, providerRef(provider.name)), occurredAtMs),
    expiresAtMs: null,
    settledAtMs: nowMs,
    requestHash: command.hash,
    settleHash: null,
    metadata: withOriginal(command.metadata, original),
  }
  const nothing: Attempt = { ...row, charged: noCounts }
  return {
    changes: [
      ...settle(state, nothing, row, { nowMs, countersAtMs: nowMs, spentAtMs: occurredAtMs }),
      ...alertOfCounts(state, row, original, nowMs),
    ],
    answer,
  }
}

/** An instant slightly ahead becomes now: windows that have not begun cannot be charged. */
function occurrence(command: RecordCommand, nowMs: number): number {
  const occurredAtMs = command.occurredAtMs ?? nowMs
  if (occurredAtMs > nowMs + maxAheadMs || occurredAtMs < nowMs - ledgerMs) {
    throw new QuotaError(
      'INVALID_INPUT',
      `occurredAt is ${isoInstant(occurredAtMs)}; it may be at most 60 seconds ahead and 90 days ago`,
      { field: 'occurredAt' },
    )
  }
  return Math.min(occurredAtMs, nowMs)
}
