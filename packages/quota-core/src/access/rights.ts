import type { TokenGrant } from './access-token.js'
import type { Relation } from './consumer-tree.js'
import { allowsScope, type Scope } from './scope.js'

/** What a procedure, a route or an endpoint needs of a token. */
export interface Need {
  readonly scope: Scope
  /** Whether tokens of a consumer may use it too, for that consumer and its descendants. */
  readonly isForConsumers: boolean
}

/**
 * Why a token does not allow `what`; null if it does. People on a terminal read it: `this call`, not a procedure.
 * @param need null for what only tokens set in the environment may do
 */
export function whyNotAllowed(grant: TokenGrant, need: Need | null, what: string): string | null {
  if (need === null) return `${what} needs a token that is set in the environment; stored tokens are refused`
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
 * Whether a consumer's settings, limits and grants may be changed. A token of a consumer changes those of its descendants;
 * if it could change its own, its limits would bind nobody.
 */
export function mayManageConsumer(grant: TokenGrant, relation: Relation): boolean {
  return grant.scopes.includes('admin') && (grant.consumer === null || relation === 'below')
}

/**
 * Whether the bearer of a token may make or revoke another token. A token of a consumer manages all tokens of its
 * descendants, and those of the consumer itself without the scope `admin`: a tenant can rotate its keys, but not prolong
 * its own administration.
 *
 * @param grant the bearer's token
 * @param token the managed token; `relation` is that of its consumer, null for a token without one
 */
export function mayManageToken(
  grant: TokenGrant,
  token: { readonly relation: Relation | null; readonly scopes: readonly Scope[] },
): boolean {
  if (!grant.scopes.includes('admin')) return false
  if (grant.consumer === null) return true
  return token.relation === 'below' || (token.relation === 'own' && !token.scopes.includes('admin'))
}
