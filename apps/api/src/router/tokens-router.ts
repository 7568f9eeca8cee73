import type { KeptToken, TokenBound } from '@quotakeeper/db'
import {
  mayActFor,
  mayManageToken,
  QuotaError,
  relationTo,
  revokeTokenSchema,
  type Scope,
  type TokenGrant,
  tokenSchema,
} from '@quotakeeper/quota-core'
import { boundOf, refuseOthers, visibleConsumers } from '../tokens/consumer-bounds.js'
import { newSecret, sha256Of } from '../tokens/new-secret.js'
import { shownToken } from '../tokens/shown-token.js'
import { tokensSchema, verifySchema } from '../tokens/tokens-input.js'
import type { Context } from './context.js'
import { consumerAdminProcedure, forbidden, gatewayProcedure, router } from './trpc.js'

/** Largest age of the state that `verify` answers from. Gateways keep the answer for the rest of a second. */
const verifiedAgeMs = 200

/** Most tokens of a consumer and its descendants, ended ones included; a token of that consumer creates no more. */
const maxOfTenant = 1_000

/** The answer to a gateway about a client's token. */
export type VerifiedToken =
  | {
      readonly state: 'valid'
      readonly name: string
      /** Null for none. */
      readonly consumer: string | null
      readonly scopes: readonly Scope[]
      /** Whether calls may be made for the consumer that was named; true if none was. */
      readonly mayActForNamed: boolean
      /** How long this may be kept, counted from before the request was sent. */
      readonly validForMs: number
    }
  /** `unused`: no token is stored, so clients need none. */
  | { readonly state: 'unknown' | 'unused'; readonly validForMs: number }

/** Tokens of callers. */
export const tokensRouter = router({
  /** Answers the secret of a new token, only this once; null if a hash was given. */
  create: consumerAdminProcedure.input(tokenSchema).mutation(async ({ ctx, input }) => {
    const { consumer, scopes, expiresAtMs } = input
    await refuseUnmanaged(ctx, { consumer, scopes })
    if (expiresAtMs !== null && expiresAtMs <= Date.now())
      throw new QuotaError('INVALID_INPUT', 'expiresAt: must be in the future', { field: 'expiresAt' })
    const secret = input.sha256 === null ? newSecret() : null
    const sha256 = input.sha256 ?? sha256Of(secret ?? '')
    const token = await ctx.tokenRows.create({ ...input, sha256 }, ctx.caller.actor, await boundOfTenant(ctx))
    ctx.tokens.forget()
    return { ...shownToken(token, Date.now()), secret }
  }),

  list: consumerAdminProcedure.input(tokensSchema).query(async ({ ctx, input, signal }) => {
    const { consumer, ...page } = input
    if (consumer !== null) await refuseOthers(ctx, consumer)
    const consumers = consumer === null ? await visibleConsumers(ctx) : [consumer]
    const { rows, nextCursor } = await ctx.tokenRows.page({ ...page, consumers }, { signal })
    return { rows: rows.map(row => shownToken(row, Date.now())), nextCursor }
  }),

  /** Ends the token of this name, and older ones of the same name that have not ended yet. */
  revoke: consumerAdminProcedure.input(revokeTokenSchema).mutation(async ({ ctx, input }) => {
    const { name, atMs } = input
    const tokens = await visibleTokens(ctx, await ctx.tokenRows.named(name))
    for (const token of tokens) await refuseUnmanaged(ctx, token)
    const { actor } = ctx.caller
    const ids = tokens.map(({ id }) => id)
    const [revoked] = await ctx.tokenRows.revoke(ids, { atMs, actor })
    ctx.tokens.forget()
    const token = revoked ?? tokens[0]
    if (token === undefined) throw new QuotaError('UNKNOWN_TOKEN', `token "${name}" not found`)
    // What ends now has ended: the database's clock, which says when, may be ahead of this one.
    const nowMs = atMs === null ? Math.max(Date.now(), token.revokedAtMs ?? 0) : Date.now()
    return shownToken(token, nowMs)
  }),

  /** For gateways, about a client's token. A mutation, since proxies log the addresses of queries, with the hash. */
  verify: gatewayProcedure.input(verifySchema).mutation(async ({ ctx, input }): Promise<VerifiedToken> => {
    const { token, areInUse, validForMs } = await ctx.tokens.find(input.sha256, verifiedAgeMs)
    if (token === null) return { state: areInUse ? 'unknown' : 'unused', validForMs }
    const { name, consumer, scopes } = token
    const mayActForNamed = await mayActForName(ctx, token, input.consumer ?? null)
    return { state: 'valid', name, consumer, scopes, mayActForNamed, validForMs }
  }),
})

async function mayActForName(ctx: Context, grant: TokenGrant, named: string | null): Promise<boolean> {
  if (grant.consumer === null || named === null) return true
  return mayActFor(grant, await relationTo(ctx.consumerTree, named, grant.consumer))
}

/** The tokens that the caller may see. */
async function visibleTokens(ctx: Context, tokens: readonly KeptToken[]): Promise<readonly KeptToken[]> {
  const consumers = await visibleConsumers(ctx)
  if (consumers === null) return tokens
  return tokens.filter(({ consumer }) => consumer !== null && consumers.includes(consumer))
}

/** The number of all tokens is bounded, and one tenant must not use it up. Null for callers without a consumer. */
async function boundOfTenant(ctx: Context): Promise<TokenBound | null> {
  const root = boundOf(ctx)
  const consumers = await visibleConsumers(ctx)
  if (root === null || consumers === null) return null
  const message = `"${root}" and the consumers below it may have at most ${maxOfTenant} tokens, with those that ended in the last 90 days: a token without a consumer can create more`
  return { consumers, max: maxOfTenant, message }
}

/** @throws TRPCError FORBIDDEN for a token that the caller may neither make nor revoke */
async function refuseUnmanaged(ctx: Context, token: Pick<TokenGrant, 'consumer' | 'scopes'>): Promise<void> {
  const own = boundOf(ctx)
  const { token: grant } = ctx.caller
  if (own === null || grant === null) return
  const { consumer, scopes } = token
  const relation = consumer === null ? null : await relationTo(ctx.consumerTree, consumer, own)
  if (mayManageToken(grant, { relation, scopes })) return
  throw forbidden(
    relation === 'own'
      ? `tokens of "${own}" with the scope "admin" need a token of a consumer above it, or one without a consumer`
      : `tokens need a consumer at or below "${own}", which this token is for`,
  )
}
