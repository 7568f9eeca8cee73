import { type Counter, counterAt, emptyCounter, keepsUsers } from '../../domain/counter.js'
import type { VersionedLimit } from '../../domain/limit.js'
import type { Change, QuotaState } from '../../domain/state.js'
import type { Subject } from '../../domain/subject.js'
import { plus, saturated } from '../../domain/whole-number.js'
import { isResetting, isRolling } from '../../domain/window.js'
import { keepCounter } from '../limits/alerts.js'
import { countersOfSums } from '../limits/revise-limits.js'
import { ledgerQueryOfLimit } from '../needs/ledger-queries.js'

/**
 * The counters of a subject at the clock's time, rebuilt from the ledger: usage dated ahead counts now. Figures
 * reported by the vendor stay, and a rolling level never falls. Those of windows that never
 * end, and of calls in flight, stay as they are: re-dating changes neither, and the ledger may have lost old rows.
 */
export function rewoundCounters(state: QuotaState, subject: Subject, clockMs: number): readonly Change[] {
  return subject.limits.flatMap(limit =>
    countersAt(state, subject, limit, clockMs).flatMap(counter =>
      keepCounter({ subject, limit, counter }, clockMs),
    ),
  )
}

function countersAt(
  state: QuotaState,
  subject: Subject,
  limit: VersionedLimit,
  clockMs: number,
): readonly Counter[] {
  if (!isResetting(limit.window)) return restingCounters(state, subject, limit, clockMs)
  const { fromMs, bucketMs, ...query } = ledgerQueryOfLimit(subject, subject, limit, clockMs)
  const latestMs = isRolling(limit.window) ? clockMs : fromMs
  const sums = state
    .ledgerSums({ ...query, fromMs, bucketMs })
    .map(sum => ({ ...sum, bucketStartMs: Math.min(sum.bucketStartMs, latestMs) }))
  const counted = countersOfSums(sums, { subject, limit, bucketMs, nowMs: clockMs })
  const byModel = new Map(counted.map(counter => [counter.model, counter]))
  for (const known of state.counters(subject)) {
    if (known.limitId !== limit.id) continue
    const { model } = known
    if (keepsUsers(known, limit)) {
      byModel.set(model, { ...known, atMs: clockMs })
      continue
    }
    const current =
      byModel.get(model) ?? counterAt(emptyCounter(subject, limit, model), limit, subject, clockMs)
    byModel.set(model, withKnown(current, known, clockMs))
  }
  return [...byModel.values()]
}

function restingCounters(
  state: QuotaState,
  subject: Subject,
  limit: VersionedLimit,
  clockMs: number,
): readonly Counter[] {
  return [...state.counters(subject)]
    .filter(({ limitId }) => limitId === limit.id)
    .map(known => ({ ...known, atMs: clockMs, reported: reportedUntil(known, clockMs) }))
}

function reportedUntil({ reported }: Counter, clockMs: number): Counter['reported'] {
  return reported && { ...reported, sinceMs: Math.min(reported.sinceMs, clockMs) }
}

/** Copies what the ledger does not record of a counter. */
function withKnown(current: Counter, known: Counter, clockMs: number): Counter {
  const isSameWindow = current.windowStartMs === known.windowStartMs
  // The vendor reported this total, whatever our clock was.
  const believed = saturated(plus(known.used, known.observed)) - saturated(current.used)
  return {
    ...current,
    level: higher(current.level, known.level),
    observed: known.observed === 0 ? 0 : Math.max(0, believed),
    alertedPercents: isSameWindow ? known.alertedPercents : [],
    reported: isSameWindow ? reportedUntil(known, clockMs) : null,
  }
}

function higher(left: bigint, right: bigint): bigint {
  if (left > right) return left
  return right
}
