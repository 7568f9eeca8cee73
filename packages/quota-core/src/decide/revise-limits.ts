import { type Counter, charge, clearUsage, counterAt, emptyCounter, hold } from '../domain/counter.js'
import { type Counts, measuredUnits } from '../domain/counts.js'
import {
  alertsAnew,
  concernsModel,
  counterModel,
  countsAlike,
  type Limit,
  type VersionedLimit,
} from '../domain/limit.js'
import type { Change, LedgerSum, QuotaState } from '../domain/state.js'
import type { Subject } from '../domain/subject.js'
import { isRolling } from '../domain/window.js'
import { keepCounter } from './alerts.js'
import { ledgerQueryOfLimit } from './ledger-needs.js'

/** The limits of a subject after a change: versions rise where alerts start anew. */
export function versioned(
  before: Subject | undefined,
  limits: readonly Limit[],
  version: number,
): readonly VersionedLimit[] {
  return limits.map(limit => {
    const known = before?.limits.find(candidate => candidate.id === limit.id)
    const isNew = known === undefined || alertsAnew(known, limit)
    return { ...limit, version: isNew ? version : known.version }
  })
}

/**
 * The changes of counters that follow from a subject's change. Limits that count as before keep their
 * counters; those that are new, or whose days have moved, start from the ledger's sums, so that it
 * does not matter when a limit was added.
 */
export function counterChanges(
  state: QuotaState,
  before: Subject | undefined,
  after: Subject,
  nowMs: number,
): readonly Change[] {
  const changes: Change[] = []
  const daysMoved = before?.timeZone !== after.timeZone || before?.dayStartsAt !== after.dayStartsAt
  const kept = new Map<string, VersionedLimit>()
  for (const limit of before?.limits ?? []) {
    const successor = after.limits.find(candidate => candidate.id === limit.id)
    const stays = successor !== undefined && countsAlike(limit, successor)
    if (stays && (!daysMoved || isRolling(limit.window))) kept.set(limit.id, limit)
  }
  for (const counter of state.counters(after)) {
    if (!kept.has(counter.limitId)) changes.push({ table: 'droppedCounter', row: counter })
  }
  for (const limit of after.limits) {
    const known = kept.get(limit.id)
    const counters =
      known === undefined
        ? countersFromLedger(state, after, limit, nowMs)
        : keptCounters(state, after, { known, limit }, nowMs)
    for (const counter of counters) changes.push(...keepCounter({ subject: after, limit, counter }, nowMs))
  }
  return changes
}

/** Counters that go on: drained at the old rate up to now, and ready to alert anew where that is due. */
function keptCounters(
  state: QuotaState,
  subject: Subject,
  { known, limit }: { readonly known: VersionedLimit; readonly limit: VersionedLimit },
  nowMs: number,
): readonly Counter[] {
  const counters: Counter[] = []
  for (const counter of state.counters(subject)) {
    if (counter.limitId !== limit.id) continue
    const current = counterAt(counter, known, subject, nowMs)
    counters.push(known.version === limit.version ? current : { ...current, alertedPercents: [] })
  }
  return counters
}

function countersFromLedger(
  state: QuotaState,
  subject: Subject,
  limit: VersionedLimit,
  nowMs: number,
): readonly Counter[] {
  const counters = new Map<string, Counter>()
  const query = ledgerQueryOfLimit(subject, subject, limit, nowMs)
  const sums = state.ledgerSums(query)
  for (const sum of [...sums].sort((left, right) => left.bucketStartMs - right.bucketStartMs)) {
    if (!concernsModel(limit, sum.model)) continue
    const model = counterModel(limit, sum.model)
    const counter =
      counters.get(model) ?? counterAt(emptyCounter(subject, limit, model), limit, subject, nowMs)
    counters.set(model, withSum({ counter, subject, limit, sum, bucketMs: query.bucketMs }))
  }
  return [...counters.values()]
}

function withSum(added: {
  readonly counter: Counter
  readonly subject: Subject
  readonly limit: VersionedLimit
  readonly sum: LedgerSum
  readonly bucketMs: number
}): Counter {
  const { counter, subject, limit, sum, bucketMs } = added
  // As if all of the bucket had been spent at its end: what has drained is never overrated.
  const spentAtMs = Math.min(counter.atMs, sum.bucketStartMs + bucketMs)
  const at = { occurredAtMs: counter.atMs, spentAtMs }
  const units = (counts: Counts): number => measuredUnits(counts, limit)
  const charged = charge(counter, limit, subject, { units: units(sum.charged), ...at })
  return hold(charged, limit, subject, { units: units(sum.held), ...at })
}

/** The limits and counters of a subject whose usage is taken back: alerts start anew. */
export function clearedCounters(state: QuotaState, subject: Subject, nowMs: number): readonly Change[] {
  const changes: Change[] = []
  for (const counter of state.counters(subject)) {
    const limit = subject.limits.find(candidate => candidate.id === counter.limitId)
    if (limit === undefined) continue
    changes.push({ table: 'counter', row: clearUsage(counterAt(counter, limit, subject, nowMs)) })
  }
  return changes
}
