import type { DayRule } from '../../domain/day-rule.js'
import { countsAlike, type VersionedLimit } from '../../domain/limit.js'
import type { Subject } from '../../domain/subject.js'
import { isRolling } from '../../domain/window.js'

/** Whether the subject's days and months begin at other instants than before. */
export function haveDaysMoved(before: DayRule | undefined, after: DayRule): boolean {
  return before?.timeZone !== after.timeZone || before.dayStartsAt !== after.dayStartsAt
}

/** The former limits whose counters continue after a change of the subject, by id. */
export function keptLimits(before: Subject | undefined, after: Subject): ReadonlyMap<string, VersionedLimit> {
  const daysMoved = haveDaysMoved(before, after)
  const kept = new Map<string, VersionedLimit>()
  for (const limit of before?.limits ?? []) {
    const successor = after.limits.find(candidate => candidate.id === limit.id)
    const stays = successor !== undefined && countsAlike(limit, successor)
    if (stays && (!daysMoved || isRolling(limit.window))) kept.set(limit.id, limit)
  }
  return kept
}

/** The limits whose counters start from the ledger's sums. */
export function limitsFromLedger(before: Subject | undefined, after: Subject): readonly VersionedLimit[] {
  const kept = keptLimits(before, after)
  return after.limits.filter(({ id }) => !kept.has(id))
}
