import {
  type BundledPrices,
  bundledPricesOnce,
  costMicroUsd,
  type Price,
  type PricedCounts,
  priceOf,
} from '@quotakeeper/vendors/prices'
import type { EndpointRequest } from '../endpoints/endpoint-request.js'
import type { Log } from '../log.js'
import type { Candidate } from '../routing/resolve-model.js'
import type { RoutingTable } from '../routing/routing-table.js'
import type { CallCounts, Reservation } from './reservation.js'

/** The properties of a request that decide which prices apply to it. */
export type PricedRequest = Pick<EndpointRequest, 'isCountedApart' | 'isPricedByTokens'>

/** Finds the prices of calls. Reads the bundled table when the first call needs it. */
export class CallPrices {
  readonly #clock: () => number
  readonly #bundled: () => Promise<BundledPrices>

  constructor({ log, clock }: { readonly log: Log; readonly clock: () => number }) {
    this.#clock = clock
    this.#bundled = bundledPricesOnce(error => {
      log.error({ err: error }, 'the bundled prices cannot be read: only configured prices are known')
    })
  }

  /** The price of a request at each candidate; null where none is known. */
  async of(
    candidates: readonly Candidate[],
    { isPricedByTokens = true }: PricedRequest,
    { prices: configured }: Pick<RoutingTable, 'prices'>,
  ): Promise<readonly (Price | null)[]> {
    const bundled = await this.#bundled()
    const call = { isOfText: isPricedByTokens, atMs: this.#clock() }
    return candidates.map(({ provider, model }) =>
      priceOf({ ...call, vendor: provider.vendor, model }, { configured, bundled }),
    )
  }
}

/** The cost of a request at one candidate, as the API takes it. */
export interface CandidateCost {
  readonly costMicroUsd: number
  readonly atLeastCostMicroUsd: number
  readonly priceKnown: boolean
}

const free: CandidateCost = { costMicroUsd: 0, atLeastCostMicroUsd: 0, priceKnown: true }
const unknown: CandidateCost = { ...free, priceKnown: false }

/** What a reservation costs at one price; requests that vendors do not charge for are free. */
export function costOf(
  price: Price | null,
  { atLeast, ...whole }: Reservation,
  { isCountedApart = false }: PricedRequest,
): CandidateCost {
  if (isCountedApart) return free
  if (price === null) return unknown
  const most = costMicroUsd(price, pricedCounts(whole))
  return {
    costMicroUsd: most,
    // With tiers or prices of single requests, less is never dearer.
    atLeastCostMicroUsd: Math.min(most, costMicroUsd(price, pricedCounts(atLeast))),
    priceKnown: true,
  }
}

function pricedCounts({ requestCount, inputTokenCount, outputTokenCount }: CallCounts): PricedCounts {
  return { requestCount, inputTokenCount, outputTokenCount, cachedInputTokenCount: 0 }
}
