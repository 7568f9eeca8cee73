import type { UpsertCondition } from '../../domain/command.js'
import type { Owner } from '../../domain/owner.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { QuotaState } from '../../domain/state.js'
import type { SubjectRef } from '../../domain/subject.js'
import { liveOwner } from '../call-counters.js'

/** When an owner was last changed, as the caller read it; any time unless given. */
interface ExpectedChange {
  readonly expectedUpdatedAtMs?: number | undefined
}

/** Refuses to change or remove what others have changed since it was read. @throws QuotaError REVISION_CHANGED */
export function refuseChanged(
  owner: Owner | undefined,
  { kind, name }: SubjectRef,
  { expectedUpdatedAtMs }: ExpectedChange,
  what: 'change' | 'removal' = 'change',
): void {
  if (expectedUpdatedAtMs === undefined || owner?.updatedAtMs === expectedUpdatedAtMs) return
  throw new QuotaError(
    'REVISION_CHANGED',
    `${kind} "${name}" was changed since it was read: read it again, and repeat the ${what}`,
    { field: 'expectedUpdatedAt' },
  )
}

/**
 * Refuses an upsert whose conditions do not hold.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_POOL, UNKNOWN_CONSUMER, UNKNOWN_PLAN, NAME_TAKEN, REVISION_CHANGED
 */
export function refuseUnless(
  state: QuotaState,
  ref: SubjectRef,
  { onlyIf, ...expected }: { readonly onlyIf?: UpsertCondition | undefined } & ExpectedChange,
): void {
  const owner = state.owner(ref)
  if (onlyIf === 'exists') liveOwner(state, ref, 'name')
  refuseChanged(owner, ref, expected)
  if (onlyIf !== 'absent' || owner?.removedAtMs !== null) return
  throw new QuotaError('NAME_TAKEN', `there is a ${ref.kind} "${ref.name}" already; choose another name`, {
    field: 'name',
  })
}
