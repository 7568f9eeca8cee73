import { dateAt, intervalOfDate } from '../../domain/calendar.js'
import type { RewindCommand } from '../../domain/command.js'
import type { CallsAheadQuery, LedgerQuery, QuotaState } from '../../domain/state.js'
import { providerRef, type SubjectRef } from '../../domain/subject.js'
import { providerKind } from '../../domain/subject-kinds.js'
import { isResetting } from '../../domain/window.js'
import { ledgerQueryOfLimit } from '../needs/ledger-queries.js'

const minuteMs = 60_000
/** Most settled calls that one step re-dates. */
export const maxSettledOfStep = 1_000
/**
 * Most calls in flight that a rewind re-dates. They are re-dated in one step, since counters must agree with each of
 * them.
 */
export const maxPendingOfRewind = 10_000

/**
 * Rows dated at or after this instant count as ahead: the start of the next minute. Rows within the clock's minute are
 * in the same windows as the present, whatever the time zone.
 */
export function aheadFromMs(clockMs: number): number {
  return Math.floor(clockMs / minuteMs) * minuteMs + minuteMs
}

/** Units charged and held ahead of the clock, by minute, which is exact for every window and time zone. */
export function ledgerQueryAhead({ kind, name }: SubjectRef, clockMs: number): LedgerQuery {
  const fromMs = aheadFromMs(clockMs)
  return { subject: { kind, name }, fromMs, bucketMs: minuteMs, heldFromMs: fromMs }
}

/** The ledger sums that a rewind reads. */
export function ledgerNeedsOfRewind(
  state: QuotaState,
  { subjects }: RewindCommand,
  clockMs: number,
): readonly LedgerQuery[] {
  return subjects.flatMap(ref => {
    const subject = state.subject(ref)
    if (subject === undefined) return []
    const ofLimits = subject.limits
      .filter(({ window }) => isResetting(window))
      .map(limit => ledgerQueryOfLimit(ref, subject, limit, clockMs))
    return [ledgerQueryAhead(ref, clockMs), ...ofLimits]
  })
}

/**
 * The calls that a rewind reads. Calls of today that were settled ahead are included whenever they were made: a reset
 * of today must be later than they are, to be distinguished from a reset before them.
 */
export function callsAheadOf(
  state: QuotaState,
  { subjects }: RewindCommand,
  clockMs: number,
): CallsAheadQuery {
  const providerNames = subjects.flatMap(({ kind, name }) => (kind === providerKind ? [name] : []))
  const dayStarts = providerNames.flatMap(name => {
    const rule = state.subject(providerRef(name))
    return rule === undefined ? [] : [intervalOfDate(rule, dateAt(rule, clockMs)).startMs]
  })
  return {
    providerNames,
    fromMs: aheadFromMs(clockMs),
    datedFromMs: Math.min(clockMs, ...dayStarts),
    // A rewind may leave a settlement one millisecond past the clock: see `redated`.
    settledAfterMs: clockMs + 1,
    maxSettled: maxSettledOfStep,
    maxPending: maxPendingOfRewind + 1,
  }
}
