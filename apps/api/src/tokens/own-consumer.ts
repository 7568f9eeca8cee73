import { type ConsumerStats, type ConsumerView, QuotaError } from '@quotakeeper/quota-core'
import type { Context } from '../router/context.js'
import { boundOf } from './consumer-bounds.js'

/** A consumer's settings as its tokens see them: without its providers, and its limits on cost only if it shows cost. */
export function ownConsumer(view: ConsumerView): ConsumerView {
  const isShown = ({ metric }: { readonly metric: string }): boolean => view.showCost || metric !== 'cost'
  return {
    ...view,
    providers: null,
    limits: view.limits.filter(isShown),
    planLimits: view.planLimits.filter(isShown),
  }
}

/**
 * A consumer's figures as its tokens see them. The worst daily limit may be one of those left out, so its figures are left
 * out with any.
 */
export function ownStats(stats: ConsumerStats, showCost: boolean): ConsumerStats {
  const limits = stats.limits.filter(({ metric }) => showCost || metric !== 'cost')
  if (limits.length === stats.limits.length) return stats
  return { ...stats, limits, quotaLimit: null, remainingPercentage: null }
}

/** Whether costs are shown to the caller: to tokens of a consumer only with its `showCost`. @throws QuotaError STORE_UNAVAILABLE */
export async function seesCost(ctx: Pick<Context, 'caller' | 'service'>): Promise<boolean> {
  const bound = boundOf(ctx)
  if (bound === null) return true
  try {
    return (await ctx.service.consumers.get(bound)).showCost
  } catch (error) {
    if (error instanceof QuotaError && error.code === 'UNKNOWN_CONSUMER') return false
    throw error
  }
}
