import type { TokenGrant } from './access-token.js'
import type { Relation } from './consumer-tree.js'
import { allowsScope, type Scope } from './scope.js'

/** What a procedure, a route or an endpoint needs of a token. */
export interface Need {
  readonly scope: Scope
  /** Whether it also serves tokens of a consumer, narrowed to what is theirs. */
  readonly isForConsumers: boolean
}

/**
 * Why a token does not allow `what`; null if it does.
 * @param need null for what only the tokens of the environment may do
 */
export function whyNotAllowed(grant: TokenGrant, need: Need | null, what: string): string | null {
  if (need === null) return `${what} needs a token of the environment, not one made here`
  if (!allowsScope(grant.scopes, need.scope)) return `${what} needs a token with the scope "${need.scope}"`
  if (grant.consumer === null || need.isForConsumers) return null
  return `${what} needs a token without a consumer; this one is for "${grant.consumer}"`
}

/** Whether calls and records may be made for a consumer: its own or a descendant. */
export function mayActFor({ consumer }: TokenGrant, relation: Relation): boolean {
  return consumer === null || relation !== 'outside'
}

/** Whether figures of a consumer may be read. */
export function mayReadOf(grant: TokenGrant, relation: Relation): boolean {
  return allowsScope(grant.scopes, 'read') && mayActFor(grant, relation)
}

/**
 * Whether a consumer's settings, limits and grants may be changed: only those below a token's consumer, never its own or
 * its ancestors', which are set by whoever is above it.
 */
export function mayManageConsumer(grant: TokenGrant, relation: Relation): boolean {
  return grant.scopes.includes('admin') && (grant.consumer === null || relation === 'below')
}

/**
 * Whether a token may be made or revoked by another: any below the consumer of that, and for the consumer itself those
 * that administer nothing, so that a tenant can rotate its keys but not prolong its own rights to administer.
 *
 * @param token the relation of its consumer; null for a token without one
 */
export function mayManageToken(
  grant: TokenGrant,
  token: { readonly relation: Relation | null; readonly scopes: readonly Scope[] },
): boolean {
  if (!grant.scopes.includes('admin')) return false
  if (grant.consumer === null) return true
  return token.relation === 'below' || (token.relation === 'own' && !token.scopes.includes('admin'))
}
