import { type Counts, mayActFor, relationTo } from '@quotakeeper/quota-core'
import type { Context } from '../router/context.js'
import { forbidden } from '../router/trpc.js'

type Bounded = Pick<Context, 'caller' | 'consumerTree'>

/** The consumer that bounds a caller; null for none. */
export function boundOf({ caller }: Pick<Context, 'caller'>): string | null {
  return caller.token?.consumer ?? null
}

/** The names of the consumers that a caller may see; null for all. @throws QuotaError STORE_UNAVAILABLE */
export async function visibleConsumers(ctx: Bounded): Promise<readonly string[] | null> {
  const bound = boundOf(ctx)
  return bound === null ? null : ctx.consumerTree.within(bound)
}

/**
 * Refuses a consumer that is neither the caller's own nor below it.
 * @throws TRPCError FORBIDDEN; QuotaError STORE_UNAVAILABLE
 */
export async function refuseOthers(ctx: Bounded, consumer: string): Promise<void> {
  const { token } = ctx.caller
  if (token === null || token.consumer === null) return
  if (mayActFor(token, await relationTo(ctx.consumerTree, consumer, token.consumer))) return
  throw forbidden(`this call needs a token of "${consumer}" or above; this one is for "${token.consumer}"`)
}

/** A row for tokens that do not see costs: its cost is 0. */
export function withoutCost<Row extends Counts>(row: Row): Row {
  return { ...row, costMicroUsd: 0 }
}
