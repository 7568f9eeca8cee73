import { v5 as uuidV5 } from 'uuid'
import { type Attempt, isOfProvider } from '../../domain/attempt.js'
import { calendarInterval, dateAt } from '../../domain/calendar.js'
import { type Counter, charge, hold, isEmptyCounter } from '../../domain/counter.js'
import {
  addCounts,
  type Counts,
  heldUnits,
  isNoCounts,
  measuredUnits,
  negateCounts,
  noCounts,
} from '../../domain/counts.js'
import type { DayRule } from '../../domain/day-rule.js'
import type { Change, QuotaState } from '../../domain/state.js'
import { isAmong, providerRef, type Subject, type SubjectRef } from '../../domain/subject.js'
import { providerKind } from '../../domain/subject-kinds.js'
import { countersOfCall, type LimitCounter, subjectOf } from '../call-counters.js'
import { keepCounter } from '../limits/alerts.js'

/** The instants of a settlement. */
interface SettleInstants {
  /** When it is decided. */
  readonly nowMs: number
  /** Counters are advanced to this instant first, unless they are past it: now, or the instant of an expiry. */
  readonly countersAtMs: number
  /** When the units were spent; null for the time of each advanced counter. */
  readonly spentAtMs: number | null
}

/**
 * The changes that settle an attempt: its hold is released, its earlier charge taken back, its new charge counted, and
 * the daily sums updated.
 */
export function settle(
  state: QuotaState,
  before: Attempt,
  after: Attempt,
  { nowMs, countersAtMs, spentAtMs }: SettleInstants,
): readonly Change[] {
  const writtenOff = subjectsWrittenOff(state, before)
  const takenBackOf = (ref: SubjectRef): Counts =>
    writtenOff.length > 0 && isAmong(writtenOff, ref) ? noCounts : before.charged
  const takenBack = writtenOff.length === 0 ? before.charged : takenBackOf(providerRef(before.providerName))
  const changes: Change[] = [{ table: 'attempt', row: after }]
  if (writtenOff.length > 0 && !isNoCounts(before.charged))
    changes.push({ table: 'attempt', row: writeOff(before, writtenOff, nowMs) })
  // A call to an unknown model is charged as a call without a model; its limits per model only get back the hold.
  const isNone = after.model !== before.model
  const entries = countersOfCall(state, before, countersAtMs).map(entry => {
    const charged = isNone && entry.limit.model !== null ? noCounts : after.charged
    return {
      subject: entry.subject,
      limit: entry.limit,
      before: entry.counter,
      counter: settledCounter(entry, {
        before,
        takenBack: takenBackOf(entry.subject),
        charged,
        spentAtMs,
      }),
    }
  })
  for (const entry of entries) {
    const { counter } = entry
    if (isForgettable(counter)) changes.push({ table: 'droppedCounter', row: counter })
    else if (counter !== entry.before || hasTurned(state, entry)) changes.push(...keepCounter(entry, nowMs))
  }
  if (isNone) {
    changes.push(...usageChanges(state, before, negateCounts(takenBack)))
    changes.push(...usageChanges(state, after, after.charged))
  } else {
    changes.push(...usageChanges(state, after, addCounts(after.charged, negateCounts(takenBack))))
  }
  return changes
}

/** Whether the counter of a model is empty and can be deleted, as for a model that the vendor does not know. */
function isForgettable(counter: Counter): boolean {
  return counter.model !== '' && isEmptyCounter(counter)
}

/** Whether the window has turned since the counter was stored: it is written then, so that time never moves back. */
function hasTurned(state: QuotaState, { limit, counter }: LimitCounter): boolean {
  const kept = state.counter(counter.subject, limit.id, counter.model)
  return kept?.windowStartMs !== counter.windowStartMs
}

function settledCounter(
  { subject, limit, counter }: LimitCounter,
  settled: {
    readonly before: Attempt
    readonly takenBack: Counts
    readonly charged: Counts
    readonly spentAtMs: number | null
  },
): Counter {
  const { before, takenBack, charged } = settled
  const { occurredAtMs } = before
  const spentAtMs = settled.spentAtMs ?? counter.atMs
  const held = before.state === 'pending' ? heldUnits(before.reserved, limit) : 0
  const given = hold(counter, limit, subject, { units: 0 - held, occurredAtMs, spentAtMs })
  const undone = charge(given, limit, subject, {
    units: 0 - measuredUnits(takenBack, limit),
    occurredAtMs,
    spentAtMs: spentBefore(before) ?? spentAtMs,
  })
  return charge(undone, limit, subject, { units: measuredUnits(charged, limit), occurredAtMs, spentAtMs })
}

/**
 * When the charge of an attempt was spent at the earliest; null if it was never settled. An expiry counts from when it
 * was due, however late it was carried out, so that drained units are not given back twice.
 */
function spentBefore({ state, settledAtMs, expiresAtMs }: Attempt): number | null {
  return state === 'expired' ? (expiresAtMs ?? settledAtMs) : settledAtMs
}

/** The change of the daily and hourly sums by an attempt's charge; empty if the provider's usage stays the same. */
export function usageChanges(state: QuotaState, attempt: Attempt, counts: Counts): readonly Change[] {
  if (isNoCounts(counts) || !isOfProvider(attempt)) return []
  const { providerName, date, model, consumer, occurredAtMs } = attempt
  const rule = subjectOf(state, providerRef(providerName))
  const hourStartMs = hourOf(rule, occurredAtMs)
  return [{ table: 'usage', row: { providerName, date, hourStartMs, model, consumer, counts } }]
}

function hourOf(rule: Subject & DayRule, instantMs: number): number {
  return calendarInterval('hour', rule, instantMs).startMs
}

/** Shared by the usual case, to allocate nothing. */
const none: readonly SubjectRef[] = []

/**
 * The subjects for which a reset has since taken back the charge of an expired attempt: a reset of the subject on that
 * day, or of one that includes it.
 */
export function subjectsWrittenOff(state: QuotaState, attempt: Attempt): readonly SubjectRef[] {
  if (attempt.state !== 'expired') return none
  const { subjects, settledAtMs } = attempt
  const reset = subjects.filter(ref => {
    const resetsAtMs = (state.owner(ref)?.resetsAtMs ?? []).filter(atMs => atMs >= (settledAtMs ?? 0))
    if (resetsAtMs.length === 0) return false
    const rule = subjectOf(state, ref)
    // The provider's day as computed then: its time zone may have changed since.
    const date = ref.kind === providerKind ? attempt.date : dateAt(rule, attempt.occurredAtMs)
    return resetsAtMs.some(resetAtMs => date === dateAt(rule, resetAtMs))
  })
  return subjects.filter(ref => reset.some(below => isAmong(state.kinds.resetWith(subjects, below), ref)))
}

/**
 * A reset has already taken the attempt's charge back; a late settlement would do it twice. This row adds it again for
 * these subjects, so that the ledger's sums stay equal to the counters.
 */
function writeOff(attempt: Attempt, subjects: readonly SubjectRef[], nowMs: number): Attempt {
  return {
    ...attempt,
    id: uuidV5('written-off', attempt.id),
    kind: 'adjustment',
    subjects,
    state: 'committed',
    reserved: noCounts,
    expiresAtMs: null,
    settledAtMs: nowMs,
    requestHash: '',
    settleHash: null,
    metadata: { writtenOff: attempt.id },
  }
}
