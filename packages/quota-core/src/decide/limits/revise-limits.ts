import { windowInterval } from '../../domain/calendar.js'
import {
  type Counter,
  charge,
  clearUsage,
  counterAt,
  emptyCounter,
  hold,
  isEmptyCounter,
} from '../../domain/counter.js'
import { isNoCounts, measuredSum } from '../../domain/counts.js'
import type { DayRule } from '../../domain/day-rule.js'
import {
  alertsAnew,
  concernsModel,
  counterModel,
  countsAlike,
  type Limit,
  type VersionedLimit,
} from '../../domain/limit.js'
import type { Change, LedgerSum, QuotaState } from '../../domain/state.js'
import type { Subject } from '../../domain/subject.js'
import { negated, notNegative, plus, type WholeNumber } from '../../domain/whole-number.js'
import { isRolling } from '../../domain/window.js'
import { ledgerQueryOfLimit } from '../needs/ledger-queries.js'
import { keepCounter } from './alerts.js'
import { hasMoved, keptLimits } from './kept-limits.js'

/** The limits of a subject after a change; a limit whose alerts restart gets a new version. */
export function versioned(
  before: Subject | undefined,
  after: DayRule & { readonly limits: readonly Limit[]; readonly version: number },
): readonly VersionedLimit[] {
  return after.limits.map(limit => {
    const known = before?.limits.find(candidate => candidate.id === limit.id)
    const isNew = known === undefined || hasMoved(limit, before, after) || alertsAnew(known, limit)
    // Grants stay: only an admin makes them, while other settings may come from the configuration file.
    const grants = known !== undefined && countsAlike(known, limit) ? known.grants : undefined
    return { ...limit, ...(grants && { grants }), version: isNew ? after.version : known.version }
  })
}

/**
 * The counter changes of a changed subject. Limits that count the same thing keep their counters. New limits, and those
 * whose windows moved, start from the ledger's sums, so that it does not matter when a limit was added.
 */
export function counterChanges(
  state: QuotaState,
  before: Subject | undefined,
  after: Subject,
  nowMs: number,
): readonly Change[] {
  const changes: Change[] = []
  const kept = keptLimits(before, after)
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

/** Counters that continue: drained at the old rate until now, with alerts restarted where due. */
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
  const query = ledgerQueryOfLimit(subject, subject, limit, nowMs)
  return countersOfSums(state.ledgerSums(query), { subject, limit, bucketMs: query.bucketMs, nowMs })
}

/** Counters of a limit, filled from the sums of {@link ledgerQueryOfLimit}. */
export function countersOfSums(
  unsorted: readonly LedgerSum[],
  counted: {
    readonly subject: Subject
    readonly limit: VersionedLimit
    readonly bucketMs: number
    readonly nowMs: number
  },
): readonly Counter[] {
  const { subject, limit, bucketMs, nowMs } = counted
  const fillings = new Map<string, Filling>()
  // A rewind leaves sums of 0 where it has taken usage away.
  const sums = oldestFirst(unsorted, limit).filter(sum => sum.heldCalls > 0 || !isNoCounts(sum.charged))
  // A subject without limits records no time, so after a wrong clock its ledger may be ahead. Its time is then that of
  // the latest call; usage in windows before that call's window is past.
  const latestMs = Math.max(nowMs, sums.at(-1)?.bucketStartMs ?? 0)
  const windowStartMs = isRolling(limit.window) ? 0 : windowInterval(limit.window, subject, latestMs).startMs
  for (const sum of sums) {
    if (sum.bucketStartMs < windowStartMs || !concernsModel(limit, sum.model)) continue
    const model = counterModel(limit, sum)
    const empty = counterAt(emptyCounter(subject, limit, model), limit, subject, latestMs)
    const filling = fillings.get(model) ?? { counter: empty, creditUnits: 0 }
    fillings.set(model, withSum({ filling, subject, limit, sum, bucketMs }))
  }
  const counters = [...fillings.values()].map(filling => filling.counter)
  // Users whose calls were all released count for nothing.
  return limit.per === 'user' ? counters.filter(counter => !isEmptyCounter(counter)) : counters
}

/** A counter while it is filled from sums. */
interface Filling {
  readonly counter: Counter
  /** Units taken back by a reset whose original sum has not been read yet. */
  readonly creditUnits: WholeNumber
}

/** Ascending by time; negative sums first, as they are dated at or before the usage that they correct. */
function oldestFirst(sums: readonly LedgerSum[], limit: Limit): readonly LedgerSum[] {
  const units = (sum: LedgerSum): WholeNumber => measuredSum(sum.charged, limit)
  return [...sums].sort((left, right) => {
    if (left.bucketStartMs !== right.bucketStartMs) return left.bucketStartMs - right.bucketStartMs
    return units(left) < units(right) ? -1 : units(left) > units(right) ? 1 : 0
  })
}

function withSum(added: {
  readonly filling: Filling
  readonly subject: Subject
  readonly limit: VersionedLimit
  readonly sum: LedgerSum
  readonly bucketMs: number
}): Filling {
  const { filling, subject, limit, sum, bucketMs } = added
  const { counter, creditUnits } = filling
  // Treats the whole bucket as spent at its end, so that the drained part is never overestimated.
  const spentAtMs = Math.min(counter.atMs, sum.bucketStartMs + bucketMs)
  const at = { occurredAtMs: counter.atMs, spentAtMs }
  const units = plus(measuredSum(sum.charged, limit), negated(creditUnits))
  const charged = charge(counter, limit, subject, { units: notNegative(units), ...at })
  const inFlight = limit.metric === 'concurrency' ? sum.heldCalls : measuredSum(sum.held, limit)
  const held = hold(charged, limit, subject, { units: inFlight, ...at })
  return { counter: held, creditUnits: notNegative(negated(units)) }
}

/** The limits and counters of a subject after a usage reset; alerts restart. */
export function clearedCounters(state: QuotaState, subject: Subject, nowMs: number): readonly Change[] {
  const changes: Change[] = []
  for (const counter of state.counters(subject)) {
    const limit = subject.limits.find(candidate => candidate.id === counter.limitId)
    if (limit === undefined) continue
    changes.push({ table: 'counter', row: clearUsage(counterAt(counter, limit, subject, nowMs)) })
  }
  return changes
}
