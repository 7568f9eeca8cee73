import type { AcquireRequest, Explanation } from '@quotakeeper/quota-core'
import { keylessProviders } from '../keys/keyless-providers.js'
import { candidateCost } from '../prices/price-book.js'
import type { Context } from './context.js'

/** Rates in millionths of a US dollar: per million tokens, and per request. */
interface ExplainedRates {
  readonly inputMicroUsd: number
  readonly outputMicroUsd: number
  readonly cachedInputMicroUsd: number
  readonly cacheWriteMicroUsd: number
  readonly requestMicroUsd: number
}

/** A price, without types of packages that clients do not have. */
export interface ExplainedPrice extends ExplainedRates {
  /** The rates of calls with more input, ascending. */
  readonly tiers: readonly (ExplainedRates & { readonly aboveInputTokenCount: number })[]
  readonly source:
    | { readonly kind: 'configured' | 'free'; readonly pattern: string }
    /** `date` is the day on which the table was published, `YYYY-MM-DD`. */
    | { readonly kind: 'bundled'; readonly table: string; readonly date: string; readonly model: string }
}

/** An explanation, and what the chosen call costs. */
export type ExplainedCall = Explanation & {
  /** The price at the chosen candidate; null if none is known, or nothing is chosen. */
  readonly price: ExplainedPrice | null
}

/** Which provider a call would be sent to. A request that says nothing of its cost costs what a gateway would reserve. */
export async function explainCall(
  { service, keys, prices }: Pick<Context, 'service' | 'keys' | 'prices'>,
  request: AcquireRequest,
): Promise<ExplainedCall> {
  const named = request.candidates?.map(({ providerName }) => providerName) ?? null
  const keyless = await keylessProviders(keys, named)
  const find = await prices.at(Date.now())
  const explanation = await service.explain(request, {
    keyless,
    costAt: (vendor, model) =>
      request.costBasis === 'unstated' && model !== '' ? candidateCost(find(vendor, model), request) : null,
  })
  const { chosen } = explanation
  if (chosen === null || chosen.model === '') return { ...explanation, price: null }
  const { vendor } = await service.provider(chosen.providerName)
  return { ...explanation, price: find(vendor, chosen.model) }
}
