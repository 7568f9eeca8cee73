import type { ManagedBy, Owner } from '../../domain/owner.js'
import { QuotaError } from '../../domain/quota-error.js'

/**
 * Refuses a change of an owner managed by the configuration file, unless the file makes it.
 * @throws QuotaError MANAGED_BY_FILE
 */
export function refuseForeign(
  owner: Owner | undefined,
  { managedBy }: { readonly managedBy: ManagedBy },
  what: 'change' | 'remove' = 'change',
): void {
  if (owner?.removedAtMs !== null || owner.managedBy !== 'file' || managedBy === 'file') return
  throw new QuotaError(
    'MANAGED_BY_FILE',
    `${owner.kind} "${owner.name}" is managed by the configuration file; ${what} it there`,
    { field: 'name' },
  )
}
