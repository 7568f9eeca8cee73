import { dateAt, intervalOfDate } from '../../domain/calendar.js'
import type { RewindCommand } from '../../domain/command.js'
import type { CallsAheadQuery, LedgerQuery, QuotaState } from '../../domain/state.js'
import { providerRef, type SubjectRef } from '../../domain/subject.js'
import { providerKind } from '../../domain/subject-kinds.js'
import { ledgerQueryOfLimit } from '../needs/ledger-queries.js'

const minuteMs = 60_000
/** Calls that are no longer pending which one step dates anew. */
export const maxSettledOfStep = 1_000
/** Calls in flight, which are dated anew all at once: what holds them must agree with each of them. */
export const maxPendingOfRewind = 10_000

/**
 * From when on a row counts as dated ahead: the next minute. What is dated within the minute of the clock is in the
 * same windows as the present, however they are cut.
 */
export function aheadFromMs(clockMs: number): number {
  return Math.floor(clockMs / minuteMs) * minuteMs + minuteMs
}

/** What is charged and held ahead of the clock, by minute: exact in every window and zone. */
export function ledgerQueryAhead({ kind, name }: SubjectRef, clockMs: number): LedgerQuery {
  const fromMs = aheadFromMs(clockMs)
  return { subject: { kind, name }, fromMs, bucketMs: minuteMs, heldFromMs: fromMs }
}

/** The sums over the ledger that deciding a rewind asks for. */
export function ledgerNeedsOfRewind(
  state: QuotaState,
  { subjects }: RewindCommand,
  clockMs: number,
): readonly LedgerQuery[] {
  return subjects.flatMap(ref => {
    const subject = state.subject(ref)
    if (subject === undefined) return []
    const ofLimits = subject.limits.map(limit => ledgerQueryOfLimit(ref, subject, limit, clockMs))
    return [ledgerQueryAhead(ref, clockMs), ...ofLimits]
  })
}

/**
 * The calls that deciding a rewind asks for. Today's that were settled ahead are among them, whenever they were made:
 * a reset of today must be later than they are, to be told from one before them.
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
    // One beyond the clock is where a rewind may leave it, see there.
    settledAfterMs: clockMs + 1,
    maxSettled: maxSettledOfStep,
    maxPending: maxPendingOfRewind + 1,
  }
}
