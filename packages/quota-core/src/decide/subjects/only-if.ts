import type { UpsertCondition } from '../../domain/command.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { QuotaState } from '../../domain/state.js'
import type { SubjectRef } from '../../domain/subject.js'
import { liveOwner } from '../call-counters.js'

/**
 * Refuses an upsert whose condition does not hold.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_POOL, UNKNOWN_CONSUMER, UNKNOWN_PLAN, NAME_TAKEN
 */
export function refuseUnless(
  state: QuotaState,
  ref: SubjectRef,
  { onlyIf }: { readonly onlyIf?: UpsertCondition | undefined },
): void {
  if (onlyIf === 'exists') liveOwner(state, ref, 'name')
  if (onlyIf !== 'absent' || state.owner(ref)?.removedAtMs !== null) return
  throw new QuotaError('NAME_TAKEN', `there is a ${ref.kind} "${ref.name}" already; choose another name`, {
    field: 'name',
  })
}
