import type { Owner } from '../../domain/owner.js'

/**
 * The instant of a change of an owner: later than that of the change before, even within the same millisecond, so that no
 * two states of an owner have the same.
 */
export function revisedAt(before: Pick<Owner, 'updatedAtMs'> | undefined, nowMs: number): number {
  return before === undefined ? nowMs : Math.max(nowMs, before.updatedAtMs + 1)
}
