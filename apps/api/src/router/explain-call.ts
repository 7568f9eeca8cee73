import type { AcquireRequest, Explanation } from '@quotakeeper/quota-core'
import type { Price } from '@quotakeeper/vendors/prices'
import { keylessProviders } from '../keys/keyless-providers.js'
import { candidateCost } from '../prices/price-book.js'
import type { Context } from './context.js'

/** An explanation, and what the chosen call costs. */
export type ExplainedCall = Explanation & {
  /** The price at the chosen candidate; null if none is known, or nothing is chosen. */
  readonly price: Price | null
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
