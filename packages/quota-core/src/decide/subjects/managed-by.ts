import type { RemoveSubjectCommand } from '../../domain/command.js'
import type { ManagedBy, Owner } from '../../domain/owner.js'
import { QuotaError } from '../../domain/quota-error.js'

type Administration = Pick<RemoveSubjectCommand, 'managedBy'>

/** Who manages an owner after the command. */
export function managedAfter(before: Owner | undefined, { managedBy }: Administration): ManagedBy {
  return managedBy === 'unchanged' ? (before?.managedBy ?? 'api') : managedBy
}

/** Who manages an owner, for the audit log of a change of that. */
export function auditedManager({ managedBy }: Administration): { readonly managedBy?: ManagedBy } {
  return managedBy === 'unchanged' ? {} : { managedBy }
}

/**
 * Refuses a change of an owner managed by the configuration file, unless the file makes it.
 * @throws QuotaError MANAGED_BY_FILE
 */
export function refuseForeign(
  owner: Owner | undefined,
  { managedBy }: Administration,
  what: 'change' | 'remove' = 'change',
): void {
  if (owner?.removedAtMs !== null || owner.managedBy !== 'file' || managedBy === 'file') return
  throw new QuotaError(
    'MANAGED_BY_FILE',
    `${owner.kind} "${owner.name}" is managed by the configuration file; ${what} it there`,
    { field: 'name' },
  )
}
