import { type DayRule, movedSetting } from '../../domain/day-rule.js'
import { countsAlike, type Limit, type VersionedLimit } from '../../domain/limit.js'
import type { Subject } from '../../domain/subject.js'
import { isResetting, isRolling } from '../../domain/window.js'

/** Whether the limit's windows begin elsewhere than before. */
export function hasMoved({ window }: Limit, before: DayRule | undefined, after: DayRule): boolean {
  if (isRolling(window) || !isResetting(window)) return false
  const moved = before === undefined ? 'timeZone' : movedSetting(before, after)
  return moved !== null && (moved !== 'monthStartsOn' || window === 'month')
}

/** The former limits whose counters continue after a change of the subject, by id. */
export function keptLimits(before: Subject | undefined, after: Subject): ReadonlyMap<string, VersionedLimit> {
  const kept = new Map<string, VersionedLimit>()
  for (const limit of before?.limits ?? []) {
    const successor = after.limits.find(candidate => candidate.id === limit.id)
    const stays = successor !== undefined && countsAlike(limit, successor)
    if (stays && !hasMoved(limit, before, after)) kept.set(limit.id, limit)
  }
  return kept
}

/** The limits whose counters start from the ledger's sums. */
export function limitsFromLedger(before: Subject | undefined, after: Subject): readonly VersionedLimit[] {
  const kept = keptLimits(before, after)
  return after.limits.filter(({ id }) => !kept.has(id))
}
