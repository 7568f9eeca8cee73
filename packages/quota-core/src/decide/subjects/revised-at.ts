import type { Owner } from '../../domain/owner.js'

/**
 * When a change of an owner is dated: later than the one before, also within a millisecond, so that whoever has read the
 * owner between both is known to have read an earlier state.
 */
export function revisedAt(before: Pick<Owner, 'updatedAtMs'> | undefined, nowMs: number): number {
  return before === undefined ? nowMs : Math.max(nowMs, before.updatedAtMs + 1)
}
